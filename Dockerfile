# BASE: the Debian 13 to build in; with its digest (debian:trixie-slim@sha256:…) everybody builds in the same one.
ARG BASE=debian:trixie-slim
FROM ${BASE} AS build
WORKDIR /src
COPY deploy/setup.sh deploy/botan.sh deploy/
RUN deploy/setup.sh
COPY . .
RUN cmake --preset release -DBUILD_TESTING=OFF && cmake --build build/release --target signet
RUN deploy/image-root.sh build/release/signet /image

# Nothing but the service: no shell, no package manager; it writes nowhere, so the root can be read-only.
FROM scratch
COPY --from=build /image /
COPY --from=build --chown=65532:65532 /image/run/signet /run/signet
COPY --from=build --chown=65532:65532 /image/var/lib/signet /var/lib/signet
USER 65532:65532
EXPOSE 8080 9091
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/usr/bin/signet", "healthcheck"]
ENTRYPOINT ["/usr/bin/signet"]
CMD ["serve"]

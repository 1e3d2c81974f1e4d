{{/*
For the chart of your program, which has this one as a dependency with `shape: sidecar`. Give each the context of this
chart: include "signet.sidecar" .Subcharts.signet
*/}}

{{/* An item of initContainers. It listens before your program starts, and ends after it. */}}
{{- define "signet.sidecar" -}}
- restartPolicy: Always
  {{- include "signet.container" . | nindent 2 }}
  {{- if .Values.monitoring.scrape }}
  ports:
    - {name: signet-probes, containerPort: 9091}
  {{- end }}
  # Asked inside of the pod, so that no port is open to the network for them.
  # Whether it listens, not /readyz: issuers that cannot be reached delay readiness, and end no container.
  startupProbe:
    exec: {command: [/usr/bin/signet, healthcheck, --url, "http://127.0.0.1:9090/livez"]}
    periodSeconds: 1
    timeoutSeconds: 3
    failureThreshold: 30
  livenessProbe:
    exec: {command: [/usr/bin/signet, healthcheck, --url, "http://127.0.0.1:9090/livez"]}
    timeoutSeconds: 3
  readinessProbe:
    exec: {command: [/usr/bin/signet, healthcheck, --url, "http://127.0.0.1:9090/readyz"]}
    timeoutSeconds: 3
{{- end -}}

{{/* Items of volumes. */}}
{{- define "signet.sidecar.volumes" -}}
{{- include "signet.volumes" . -}}
{{- end -}}

{{/* An item of your program's volumeMounts: the folder of the socket. */}}
{{- define "signet.sidecar.mount" -}}
- {name: signet-socket, mountPath: /run/signet}
{{- end -}}

{{/* For the securityContext of the pod: the group that reads the key files and opens the socket. */}}
{{- define "signet.sidecar.podSecurity" -}}
fsGroup: 65532
{{- if .Values.state.existingClaim }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
{{- end -}}

{{/* The container of both shapes, without probes and ports. */}}
{{- define "signet.container" -}}
name: signet
image: {{ include "signet.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  capabilities: {drop: [ALL]}
  seccompProfile: {type: RuntimeDefault}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - {name: signet-config, mountPath: /etc/signet, readOnly: true}
  {{- if eq .Values.shape "sidecar" }}
  - {name: signet-socket, mountPath: /run/signet}
  {{- end }}
  {{- if .Values.state.existingClaim }}
  - {name: signet-state, mountPath: {{ .Values.state.path | quote }}}
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "signet.image" -}}
{{- $repository := required "image.repository is needed: where you pushed the image" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* Configuration and keys change together, and arrive without subPath, which would never be updated. */}}
{{- define "signet.volumes" -}}
- name: signet-config
  projected:
    defaultMode: 0440
    sources:
      - configMap: {name: {{ include "signet.fullname" . | quote }}}
      {{- with .Values.keysSecret }}
      - secret: {name: {{ . | quote }}}
      {{- end }}
      {{- if .Values.tls.enabled }}
      - secret:
          name: {{ .Values.tls.secretName | quote }}
          items:
            - {key: tls.crt, path: tls/tls.crt}
            - {key: tls.key, path: tls/tls.key}
            {{- if ne .Values.tls.clientAuth "none" }}
            - {key: ca.crt, path: tls/ca.crt}
            {{- end }}
      {{- end }}
{{- if eq .Values.shape "sidecar" }}
- name: signet-socket
  emptyDir: {medium: Memory, sizeLimit: 1Mi}
{{- end }}
{{- with .Values.state.existingClaim }}
- name: signet-state
  persistentVolumeClaim: {claimName: {{ . | quote }}}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

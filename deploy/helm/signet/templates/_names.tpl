{{/* The name of every object: the release's, and the chart's unless the release's has it. */}}
{{- define "signet.fullname" -}}
{{- if contains "signet" .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-signet" (.Release.Name | trunc 46 | trimSuffix "-") -}}
{{- end -}}
{{- end -}}

{{- define "signet.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "signet.fullname" .) -}}
{{- else -}}
{{- required "serviceAccount.name is needed when serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of the shared service; it never changes. */}}
{{- define "signet.selector" -}}
app.kubernetes.io/name: signet
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* What selects the pods that Signet is in. */}}
{{- define "signet.pods" -}}
{{- if eq .Values.shape "sidecar" -}}
{{- if not .Values.sidecar.podLabels -}}
{{- fail "sidecar.podLabels is needed: the labels of the pods that Signet is in" -}}
{{- end -}}
{{- toYaml .Values.sidecar.podLabels -}}
{{- else -}}
{{- include "signet.selector" . -}}
{{- end -}}
{{- end -}}

{{- define "signet.metadata" -}}
name: {{ include "signet.fullname" . | quote }}
namespace: {{ .Release.Namespace | quote }}
labels:
  {{- include "signet.selector" . | nindent 2 }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .Release.Service }}
  helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Metadata of what Prometheus and Grafana look for, with the labels that they look for. */}}
{{- define "signet.monitored" -}}
{{- $metadata := include "signet.metadata" . | fromYaml -}}
{{- $_ := set $metadata "labels" (merge $metadata.labels .Values.monitoring.labels) -}}
{{- toYaml $metadata -}}
{{- end -}}

{{- define "signet.name" -}}
{{- .Values.nameOverride | default "signet" -}}
{{- end -}}

{{/* The name of every object: the release's, and signet.name unless the release's has it. At most 53 characters. */}}
{{- define "signet.fullname" -}}
{{- $name := include "signet.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" (.Release.Name | trunc (int (sub 52 (len $name))) | trimSuffix "-") $name -}}
{{- end -}}
{{- end -}}

{{- define "signet.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "signet.fullname" .) -}}
{{- else -}}
{{- required "serviceAccount.name is needed when serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of the shared service. Kubernetes lets nobody change it. */}}
{{- define "signet.selector" -}}
app.kubernetes.io/name: {{ include "signet.name" . | quote }}
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

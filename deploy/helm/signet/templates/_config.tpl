{{/* signet.yaml: the values' `config`, and the listeners that the ports and probes of the chart lead to. */}}
{{- define "signet.config" -}}
{{- include "signet.refusals" . -}}
{{- $config := deepCopy .Values.config -}}
{{- $server := default dict $config.server -}}
{{- $admin := dict "listen" (list "127.0.0.1:9090") -}}
{{- if eq .Values.shape "sidecar" -}}
{{- $_ := set $server "listen" (list "unix:/run/signet/signet.sock") -}}
{{- if .Values.monitoring.scrape -}}{{- $_ := set $admin "probes" (list "[::]:9091") -}}{{- end -}}
{{- else -}}
{{- $listener := dict "address" "[::]:8080" "endpoints" .Values.endpoints -}}
{{- if .Values.tls.enabled -}}{{- $_ := set $listener "tls" (include "signet.tls" . | fromYaml) -}}{{- end -}}
{{- $_ := set $server "listen" (list $listener) -}}
{{- $_ := set $admin "probes" (list "[::]:9091") -}}
{{- end -}}
{{- toYaml (merge (dict "server" $server "admin" $admin) $config) -}}
{{- end -}}

{{- define "signet.tls" -}}
cert_file: tls/tls.crt
key_file: tls/tls.key
{{- if ne .Values.tls.clientAuth "none" }}
client_ca_file: tls/ca.crt
client_auth: {{ .Values.tls.clientAuth }}
{{- end }}
{{- end -}}

{{/* Values that contradict one another, or would decide nothing. */}}
{{- define "signet.refusals" -}}
{{- $config := .Values.config -}}
{{- if regexMatch "[\\x{2028}\\x{2029}]" (toYaml .Values) -}}
{{- fail "values: U+2028 and U+2029 end a line in YAML: what follows them would be read as something else" -}}
{{- end -}}
{{- range $issuer := $config.issuers -}}
{{- range $name, $value := $issuer.headers -}}
{{- $secret := has (lower $name) (list "authorization" "proxy-authorization" "cookie" "x-api-key") -}}
{{- if and $secret (not (regexMatch "^(file|env):" $value)) -}}
{{- fail (printf "config.issuers: headers: %s: no secret belongs in a ConfigMap: write `file:` and a file" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if eq .Values.shape "sidecar" -}}
{{- include "signet.refusals.sidecar" . -}}
{{- else -}}
{{- include "signet.refusals.shared" . -}}
{{- end -}}
{{- if hasKey $config "admin" -}}{{- fail "config.admin: the chart writes it" -}}{{- end -}}
{{- if hasKey (default dict $config.server) "listen" -}}
{{- fail "config.server.listen: the chart writes it" -}}
{{- end -}}
{{- if .Values.tls.enabled -}}
{{- if not .Values.tls.secretName -}}{{- fail "tls.secretName is needed when tls.enabled is true" -}}{{- end -}}
{{- else if ne .Values.tls.clientAuth "none" -}}
{{- fail "tls.clientAuth decides nothing while tls.enabled is false" -}}
{{- end -}}
{{- $folders := list -}}
{{- if hasKey $config "state_dir" -}}{{- $folders = append $folders $config.state_dir -}}{{- end -}}
{{- range $config.rotation -}}{{- $folders = append $folders .directory -}}{{- end -}}
{{- if and $folders (not .Values.state.existingClaim) -}}
{{- fail "state.existingClaim is needed: state_dir and rotation write, and nothing else in the pod can be written" -}}
{{- end -}}
{{- range $folders -}}
{{- if not (hasPrefix (printf "%s/" $.Values.state.path) (toString .)) -}}
{{- fail (printf "config: %v is not below state.path (%s), and cannot be written" . $.Values.state.path) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "signet.refusals.shared" -}}
{{- if and (has "discovery" .Values.endpoints) (not .Values.config.issuer) -}}
{{- fail "config.issuer is needed: the iss of your tokens, which the endpoint discovery publishes" -}}
{{- end -}}
{{- range $name, $_ := .Values.podLabels -}}
{{- if hasKey (include "signet.selector" $ | fromYaml) $name -}}
{{- fail (printf "podLabels: %s selects the pods, and is not yours to set" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "signet.refusals.sidecar" -}}
{{- range list "affinity" "nodeSelector" "podAnnotations" "podLabels" "priorityClassName" "tolerations" -}}
{{- if index $.Values . -}}{{- fail (printf "%s: the chart of your program makes the pod of a sidecar" .) -}}{{- end -}}
{{- end -}}
{{- if .Values.image.pullSecrets -}}
{{- fail "image.pullSecrets: the chart of your program makes the pod of a sidecar" -}}
{{- end -}}
{{- if .Values.tls.enabled -}}{{- fail "tls: a sidecar has no listener on the network" -}}{{- end -}}
{{- if or .Values.service.annotations (ne .Values.service.type "ClusterIP") -}}
{{- fail "service: a sidecar has no listener on the network" -}}
{{- end -}}
{{- end -}}

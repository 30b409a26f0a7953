{{/* Namespaced objects. Fixed: one operator per namespace, and commands in the documentation that always fit. */}}
{{- define "operator.name" -}}workerpool-operator{{- end }}

{{/* Cluster-wide objects: the namespace keeps two releases apart. */}}
{{- define "operator.clusterName" -}}workerpool-operator:{{ .Release.Namespace }}{{- end }}

{{- define "operator.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "operator.name" .) }}
{{- else }}{{ required "serviceAccount.name: name an existing account when serviceAccount.create is false" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "operator.selector" -}}
app.kubernetes.io/name: workerpool-operator
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "operator.labels" -}}
{{ include "operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: workerpool
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Input: a dict of image and tag, the tag being used when the image names none. */}}
{{- define "operator.image" -}}
{{ .image.repository }}:{{ .image.tag | default .tag }}{{ with .image.digest }}@{{ . }}{{ end }}
{{- end }}

{{- define "operator.controlKeySecret" -}}
{{ .Values.controlKey.existingSecret | default (printf "%s-control-key" (include "operator.name" .)) }}
{{- end }}

{{- define "operator.workerImage" -}}
{{ include "operator.image" (dict "image" .Values.worker.image "tag" .Chart.AppVersion) }}
{{- end }}

{{/* What the restricted Pod Security Standard asks of a container, and a root file system that cannot be written. */}}
{{- define "operator.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "operator.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Where `helm test` works: a namespace this operator serves, its own if it does. */}}
{{- define "operator.testNamespace" -}}
{{- if or (empty .Values.watchNamespaces) (has .Release.Namespace .Values.watchNamespaces) }}{{ .Release.Namespace }}
{{- else }}{{ first .Values.watchNamespaces }}
{{- end }}
{{- end }}

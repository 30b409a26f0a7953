{{/* The CRD as the cluster has it; empty when there is none, or no cluster. */}}
{{- define "crd.present" -}}
{{- lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" "workerpools.workerpool.dev" | toJson }}
{{- end }}

{{/* Not empty when this release may write the CRD: it is asked to, and the CRD is missing or its own. */}}
{{- define "crd.ours" -}}
{{- if .Values.crds.install }}
{{- $present := include "crd.present" . | fromJson }}
{{- $owner := ($present.metadata).annotations | default dict }}
{{- if or (empty $present) (and (eq (get $owner "meta.helm.sh/release-name") .Release.Name) (eq (get $owner "meta.helm.sh/release-namespace") .Release.Namespace)) -}}
yes
{{- end }}
{{- end }}
{{- end }}

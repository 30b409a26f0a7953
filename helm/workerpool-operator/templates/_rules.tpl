{{/*
Every right the operator has on WorkerPools and on what belongs to them. Kept by hand: a right is added together with
the code that needs it. Never secrets, service accounts, roles, exec, wildcards.
*/}}
{{- define "operator.rules" -}}
- apiGroups: [workerpool.dev]
  resources: [workerpools]
  verbs: [get, list, watch]
- apiGroups: [workerpool.dev]
  resources: [workerpools/status]
  verbs: [patch]
# Where owner references may only block deletion by permission (OpenShift), setting them asks for this.
- apiGroups: [workerpool.dev]
  resources: [workerpools/finalizers]
  verbs: [update]
# The four dependents. No delete: the garbage collector removes them with their WorkerPool.
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, create, patch]
- apiGroups: [""]
  resources: [services]
  verbs: [get, list, watch, create, patch]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, list, watch, create, patch]
# Who died, and of what. Delete: a dead worker gets a new pod where its node would make it wait. Patch: what losing a
# replica would cost, so that a scale-in takes idle ones first.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, patch, delete]
# A change of CPU without a restart.
- apiGroups: [""]
  resources: [pods/resize]
  verbs: [patch]
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end }}

package dev.workerpool.e2e.harness;

import io.fabric8.kubernetes.api.model.Pod;

/** A pod that calls pools from inside the cluster, through their Services' names. */
public final class ClientPod {
    private static final String NAME = "client";

    private final TestNamespace namespace;
    private final String pod;

    private ClientPod(TestNamespace namespace, String pod) {
        this.namespace = namespace;
        this.pod = pod;
    }

    /** A replica of a pool, which calls others as its tasks could. */
    public static ClientPod replica(TestNamespace namespace, Pod pod) {
        return new ClientPod(namespace, pod.getMetadata().getName());
    }

    /** The worker image serves as the client's too: it brings a busybox, and the node has no other image. */
    static ClientPod start(TestNamespace namespace) {
        namespace.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  automountServiceAccountToken: false
                  terminationGracePeriodSeconds: 0
                  securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
                  containers:
                  - name: client
                    image: %s
                    command: [/bin/busybox, sleep, "600"]
                    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                """.formatted(NAME, namespace.cluster().settings().workerImage()));
        namespace
                .kubectl("wait", "--for=condition=Ready", "pod/" + NAME, "--timeout=60s")
                .out();
        return new ClientPod(namespace, NAME);
    }

    public String post(String url, String json) {
        return namespace
                .kubectl(
                        "exec",
                        pod,
                        "--",
                        "/bin/busybox",
                        "wget",
                        "-q",
                        "-O",
                        "-",
                        "-T",
                        "20",
                        "--header",
                        "Content-Type: application/json",
                        "--post-data",
                        json,
                        url)
                .out();
    }

    /** Whether a call gets through at all, whatever the answer. */
    public boolean reaches(String url) {
        return namespace
                        .kubectl("exec", pod, "--", "/bin/busybox", "wget", "-q", "-O", "-", "-T", "5", url)
                        .run()
                        .exitCode()
                == 0;
    }
}

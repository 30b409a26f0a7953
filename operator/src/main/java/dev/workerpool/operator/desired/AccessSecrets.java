package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.AccessSpec;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.KeyToPathBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How the Secrets of {@code spec.access} come to a worker: as files that the kubelet writes, and writes anew when they change.
 * Only their names are known here; nobody in the operator reads a Secret.
 *
 * <p>Of each Secret the keys are named one by one. Task code can read what is mounted, so who may make a WorkerPool can have what
 * is under these keys, and must not come by whatever else the Secrets of the namespace hold. Without a key, but {@code ca.crt},
 * no container of the pod is started.
 */
public final class AccessSecrets {

    private static final String TLS_VOLUME = "tls";
    private static final String TLS_FOLDER = "/etc/workerpool/tls";
    private static final String CERTIFICATE = "tls.crt";
    private static final String PRIVATE_KEY = "tls.key";
    private static final String AUTHORITY = "ca.crt";

    private static final String TOKENS_VOLUME = "tokens";
    private static final String TOKENS_FOLDER = "/etc/workerpool/tokens";
    private static final String TOKENS = "tokens";

    /** The worker reads them as a member of the pod's group. */
    private static final int MODE = 0440;

    private final AccessSpec access;

    public AccessSecrets(AccessSpec access) {
        this.access = access;
    }

    /** What has to be there before a pod starts, in words. */
    public List<String> needed() {
        var needed = new ArrayList<String>();
        if (hasTls()) {
            needed.add("Secret " + access.tls().secretName() + " with " + CERTIFICATE + " and " + PRIVATE_KEY);
        }
        if (hasTokens()) {
            needed.add("Secret " + access.tokens().secretName() + " with the key " + TOKENS);
        }
        return needed;
    }

    List<Volume> volumes() {
        var volumes = new ArrayList<Volume>();
        if (hasTls()) {
            volumes.add(tls(access.tls().secretName()));
        }
        if (hasTokens()) {
            volumes.add(tokens(access.tokens().secretName()));
        }
        return volumes;
    }

    /** Whole folders: a file that is mounted by itself ({@code subPath}) stays as it was when the pod was made. */
    List<VolumeMount> mounts() {
        var mounts = new ArrayList<VolumeMount>();
        if (hasTls()) {
            mounts.add(mount(TLS_VOLUME, TLS_FOLDER));
        }
        if (hasTokens()) {
            mounts.add(mount(TOKENS_VOLUME, TOKENS_FOLDER));
        }
        return mounts;
    }

    List<EnvVar> environment() {
        var environment = new ArrayList<EnvVar>();
        if (hasTls()) {
            environment.add(Variable.literal("WORKERPOOL_TLS_DIR", TLS_FOLDER));
        }
        if (hasTokens()) {
            environment.add(Variable.literal("WORKERPOOL_TOKENS_FILE", TOKENS_FOLDER + "/" + TOKENS));
        }
        return environment;
    }

    /** One Secret as two sources: what is optional is so as a whole. */
    private static Volume tls(String secret) {
        return new VolumeBuilder()
                .withName(TLS_VOLUME)
                .withNewProjected()
                .withDefaultMode(MODE)
                .addNewSource()
                .withNewSecret()
                .withName(secret)
                .withItems(items(CERTIFICATE, PRIVATE_KEY))
                .endSecret()
                .endSource()
                .addNewSource()
                .withNewSecret()
                .withName(secret)
                .withItems(items(AUTHORITY))
                .withOptional(true)
                .endSecret()
                .endSource()
                .endProjected()
                .build();
    }

    private static Volume tokens(String secret) {
        return new VolumeBuilder()
                .withName(TOKENS_VOLUME)
                .withNewSecret()
                .withSecretName(secret)
                .withDefaultMode(MODE)
                .withItems(items(TOKENS))
                .endSecret()
                .build();
    }

    private static List<KeyToPath> items(String... keys) {
        return Stream.of(keys)
                .map(key -> new KeyToPathBuilder().withKey(key).withPath(key).build())
                .toList();
    }

    private static VolumeMount mount(String volume, String folder) {
        return new VolumeMountBuilder()
                .withName(volume)
                .withMountPath(folder)
                .withReadOnly(true)
                .build();
    }

    private boolean hasTls() {
        return access.tls() != null;
    }

    private boolean hasTokens() {
        return access.tokens() != null;
    }
}

package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.ArtifactSource;
import dev.workerpool.api.v1alpha1.WorkerPoolSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * How the jars of {@code spec.tasks.artifacts} come to a worker: each in its own folder {@code /tasks/<index>}.
 *
 * <p>ConfigMaps and claims are mounted there. The jars of an image are copied there before the worker starts, by a static
 * busybox that an init container of the worker image lays beside the image's own files: so the image need have neither
 * shell nor tools and may be {@code FROM scratch}, and no cluster feature is needed to mount an image.
 */
final class TaskArtifacts {

    private static final String TASKS = "/tasks";
    private static final String COPY_VOLUME = "copy";
    private static final String COPY = "/copy/busybox";
    private static final String BUSYBOX = "/bin/busybox";

    private final WorkerPoolSpec spec;
    private final String workerImage;

    TaskArtifacts(WorkerPoolSpec spec, String workerImage) {
        this.spec = spec;
        this.workerImage = workerImage;
    }

    List<Volume> volumes() {
        var volumes = new ArrayList<Volume>();
        forEach((index, artifact) -> volumes.add(volume(index, artifact)));
        if (hasImages()) {
            volumes.add(new VolumeBuilder()
                    .withName(COPY_VOLUME)
                    .withNewEmptyDir()
                    .endEmptyDir()
                    .build());
        }
        return volumes;
    }

    List<VolumeMount> mounts() {
        var mounts = new ArrayList<VolumeMount>();
        forEach((index, _) -> mounts.add(new VolumeMountBuilder()
                .withName(volumeName(index))
                .withMountPath(TASKS + "/" + index)
                .withReadOnly(true)
                .build()));
        return mounts;
    }

    List<Container> initContainers() {
        var containers = new ArrayList<Container>();
        if (hasImages()) {
            containers.add(
                    init("copy", workerImage, List.of(BUSYBOX, "cp", BUSYBOX, COPY), mount(COPY_VOLUME, "/copy")));
        }
        forEach((index, artifact) -> {
            if (artifact.image() != null) {
                containers.add(init(
                        "artifact-" + index,
                        artifact.image(),
                        List.of(COPY, "cp", "-rL", TASKS + "/.", "/out/"),
                        mount(COPY_VOLUME, "/copy"),
                        mount(volumeName(index), "/out")));
            }
        });
        return containers;
    }

    private static Volume volume(int index, ArtifactSource artifact) {
        var volume = new VolumeBuilder().withName(volumeName(index));
        if (artifact.configMap() != null) {
            volume.withNewConfigMap().withName(artifact.configMap()).endConfigMap();
        } else if (artifact.persistentVolumeClaim() != null) {
            // Not read-only here but at the mount: a claim that is mounted read-only by the volume cannot be formatted.
            volume.withNewPersistentVolumeClaim()
                    .withClaimName(artifact.persistentVolumeClaim())
                    .endPersistentVolumeClaim();
        } else {
            volume.withNewEmptyDir().endEmptyDir();
        }
        return volume.build();
    }

    /** Requests as much as the worker: a pod needs the larger of both, so this is free, and quotas are met. */
    private Container init(String name, String image, List<String> command, VolumeMount... mounts) {
        return new ContainerBuilder()
                .withName(name)
                .withImage(image)
                .withImagePullPolicy(spec.imagePullPolicy())
                .withCommand(command)
                .withVolumeMounts(mounts)
                .withResources(Amounts.requirements(spec.resources()))
                .withSecurityContext(PodTemplate.containerSecurity())
                .build();
    }

    private static VolumeMount mount(String volume, String path) {
        return new VolumeMountBuilder().withName(volume).withMountPath(path).build();
    }

    private static String volumeName(int index) {
        return "tasks-" + index;
    }

    private boolean hasImages() {
        return spec.tasks().artifacts().stream().anyMatch(artifact -> artifact.image() != null);
    }

    private interface ArtifactVisitor {
        void visit(int index, ArtifactSource artifact);
    }

    private void forEach(ArtifactVisitor visitor) {
        List<ArtifactSource> artifacts = spec.tasks().artifacts();
        for (int index = 0; index < artifacts.size(); index++) {
            visitor.visit(index, artifacts.get(index));
        }
    }
}

package dev.workerpool.e2e.harness;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ContainerResource;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Follows the log of every operator and worker container from its start to its end into a file, because a pod's log
 * goes when the pod goes and a test that deletes pods must still be able to read it: {@code
 * <folder>/<namespace>/<pod>.<n>.log}, with n counting the container's restarts. Works in the background.
 */
final class Logs implements AutoCloseable {
    private static final String OURS = "app.kubernetes.io/name in (workerpool-worker, workerpool-operator)";

    private final KubernetesClient client;
    private final Path folder;
    private final Set<String> followed = ConcurrentHashMap.newKeySet();
    private final SharedIndexInformer<Pod> pods;

    Logs(KubernetesClient client, Path folder) {
        this.client = client;
        this.folder = folder;
        this.pods = client.pods().inAnyNamespace().withLabelSelector(OURS).inform(new FollowEach());
    }

    /** The files of one namespace, oldest name first. */
    List<Path> files(String namespace) {
        Path of = folder.resolve(namespace);
        if (!Files.isDirectory(of)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(of)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        pods.close();
    }

    private void follow(Pod pod) {
        PodResource resource = client.pods().resource(pod);
        for (ContainerStatus status : pod.getStatus().getContainerStatuses()) {
            ContainerResource container = resource.inContainer(status.getName());
            int restart = status.getRestartCount();
            if (status.getContainerID() != null && followed.add(status.getContainerID())) {
                save(pod, restart, file -> container.watchLog(Files.newOutputStream(file)));
            }
            // One that started and died between two looks at the pod.
            ContainerStateTerminated last = status.getLastState().getTerminated();
            if (last != null && followed.add(last.getContainerID())) {
                save(
                        pod,
                        restart - 1,
                        file -> Files.writeString(file, container.terminated().getLog()));
            }
        }
    }

    private void save(Pod pod, int restart, Saving saving) {
        String name = "%s.%d.log".formatted(pod.getMetadata().getName(), restart);
        Path file = folder.resolve(pod.getMetadata().getNamespace()).resolve(name);
        try {
            Files.createDirectories(file.getParent());
            saving.into(file);
        } catch (IOException | KubernetesClientException e) {
            // The pod is gone already: then there is nothing to read, and the test has its own view of what happened.
            System.err.println("No log in " + name + ": " + e.getMessage());
        }
    }

    private interface Saving {
        void into(Path file) throws IOException;
    }

    private final class FollowEach implements ResourceEventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            Thread.ofVirtual().start(() -> follow(pod));
        }

        @Override
        public void onUpdate(Pod before, Pod pod) {
            onAdd(pod);
        }

        @Override
        public void onDelete(Pod pod, boolean unknown) {
            // Its log ends by itself.
        }
    }
}

package dev.workerpool.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.javaoperatorsdk.operator.health.InformerHealthIndicator;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import io.javaoperatorsdk.operator.processing.event.EventSourceRetriever;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FirstListsTest {

    private final Set<Class<?>> late = new HashSet<>();
    private long now;
    private final FirstLists lists = new FirstLists(() -> now);

    @AfterEach
    void stop() {
        lists.stop();
    }

    @Test
    void waitForEveryKindOfTheNamespace() {
        late.add(Service.class);
        assertThat(haveCome("space")).isFalse();

        late.clear();
        assertThat(haveCome("space")).isTrue();
        assertThat(haveCome("other")).as("that nobody watches").isFalse();
    }

    @Test
    void doNotWaitWithoutEndForAKindThatMayNotBeListed() {
        late.add(Service.class);

        now += FirstLists.PATIENCE.toNanos();

        assertThat(haveCome("space")).isTrue();
    }

    @Test
    void waitForPodsWithoutEnd() {
        late.add(Pod.class);

        now += FirstLists.PATIENCE.toNanos();

        assertThat(haveCome("space")).isFalse();
    }

    @Test
    void haveComeForGood() {
        assertThat(haveCome("space")).isTrue();

        late.add(Service.class);

        assertThat(haveCome("space")).isTrue();
    }

    @Test
    void wakeThePoolsThatWereEarly() {
        List<ResourceID> woken = new CopyOnWriteArrayList<>();
        lists.setEventHandler(event -> woken.add(event.getRelatedCustomResourceID()));
        late.add(Pod.class);
        haveCome("space");

        lists.look();
        assertThat(woken).as("before").isEmpty();

        late.clear();
        lists.look();
        assertThat(woken).as("when they have come").containsExactly(pool("space"));

        lists.look();
        assertThat(woken).as("once").hasSize(1);
    }

    @SuppressWarnings("unchecked")
    private boolean haveCome(String namespace) {
        return lists.haveCome(pool(namespace), (EventSourceRetriever<WorkerPool>) fake(
                (proxy, method, arguments) -> List.of(watch((Class<?>) arguments[0])), EventSourceRetriever.class));
    }

    private static ResourceID pool(String namespace) {
        return new ResourceID("pool", namespace);
    }

    private Object watch(Class<?> kind) {
        Object health = fake((proxy, method, arguments) -> !late.contains(kind), InformerHealthIndicator.class);
        return fake(
                (proxy, method, arguments) -> Map.of("space", health),
                EventSource.class,
                InformerWrappingEventSourceHealthIndicator.class);
    }

    private static Object fake(InvocationHandler answers, Class<?>... types) {
        return Proxy.newProxyInstance(FirstListsTest.class.getClassLoader(), types, answers);
    }
}

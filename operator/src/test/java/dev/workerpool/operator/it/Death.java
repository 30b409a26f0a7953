package dev.workerpool.operator.it;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.concurrent.atomic.AtomicInteger;

/** Ends an operator right after a write: the write reaches the API server, and nothing after it. */
final class Death implements Interceptor {

    private final int after;
    private final AtomicInteger writes = new AtomicInteger();

    Death(int after) {
        this.after = after;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        boolean write = !request.method().equals("GET");
        if (isDead() || (write && writes.incrementAndGet() > after)) {
            throw new IllegalStateException("This operator is dead");
        }
    }

    boolean isDead() {
        return writes.get() > after;
    }
}

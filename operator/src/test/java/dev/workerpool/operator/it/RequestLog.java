package dev.workerpool.operator.it;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Every request the operator sends that may change something; a write that changes nothing is still a write. */
public final class RequestLog implements Interceptor {

    private final List<String> writes = new CopyOnWriteArrayList<>();

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (!request.method().equals("GET")) {
            writes.add(request.method() + " " + request.uri().getPath());
        }
    }

    public List<String> writes() {
        return List.copyOf(writes);
    }
}

package dev.workerpool.operator.runtime;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.function.BooleanSupplier;

/** Lets no write out of this process while it does not lead, whoever in it thinks otherwise. Reads and the lease pass. */
final class Fence implements Interceptor {

    private static final String LEASES = "/apis/coordination.k8s.io/";

    /** A write was held back; the next leader makes it. */
    static final class NotLeadingException extends IllegalStateException {
        private static final long serialVersionUID = 1;

        private NotLeadingException(HttpRequest request) {
            super("Not the leader: " + request.method() + " " + request.uri().getPath() + " is left to the one who is");
        }
    }

    private final BooleanSupplier leads;

    Fence(BooleanSupplier leads) {
        this.leads = leads;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        boolean passes =
                request.method().equals("GET") || request.uri().getPath().startsWith(LEASES) || leads.getAsBoolean();
        if (!passes) {
            throw new NotLeadingException(request);
        }
    }
}

package dev.workerpool.operator.runtime;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * What the kubelet asks. An API server that is away makes the operator unready and never dead: a restart would not bring
 * it back, and would lose what the caches know.
 */
@ApplicationScoped
class Health {

    private final OperatorRuntime runtime;

    Health(OperatorRuntime runtime) {
        this.runtime = runtime;
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> answer("started", runtime.candidate().isStarted());
    }

    @Produces
    @Liveness
    HealthCheck alive() {
        return () -> answer("alive", runtime.candidate().isAlive());
    }

    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> answer("watches-synced-or-standing-by", runtime.candidate().isReady());
    }

    private static HealthCheckResponse answer(String name, boolean up) {
        return HealthCheckResponse.named(name).status(up).build();
    }
}

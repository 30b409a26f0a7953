package dev.workerpool.operator.runtime;

import io.fabric8.kubernetes.client.Config;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Ties this process's one candidate to the life of the process. */
@ApplicationScoped
class OperatorRuntime {

    private final Candidate candidate;

    OperatorRuntime(Settings settings, MeterRegistry meters) {
        this.candidate = new Candidate(Config.autoConfigure(null), settings, meters);
    }

    void onStart(@Observes StartupEvent event) {
        candidate.start();
    }

    void onStop(@Observes ShutdownEvent event) {
        candidate.close();
    }

    Candidate candidate() {
        return candidate;
    }
}

package dev.workerpool.operator.control;

import dev.workerpool.operator.control.SettingsClient.Answer;
import dev.workerpool.operator.control.SettingsClient.RefusedException;
import dev.workerpool.operator.desired.LiveEnvironment;
import dev.workerpool.operator.report.ReplicaReports;
import dev.workerpool.operator.report.Turns;
import dev.workerpool.operator.report.Turns.Outcome;
import dev.workerpool.operator.report.Turns.Prospect;
import dev.workerpool.operator.report.Worker;
import dev.workerpool.operator.status.Replica;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one worker. While there is something to tell, an attempt is under way, in the queue or due after a pause; or the
 * worker is silent to the reports too, and these have its pool looked at when it answers: thousands that nobody reaches need not
 * be tried twice each, and what they are told costs a signature.
 */
final class Line {

    private static final Logger LOG = LoggerFactory.getLogger(Line.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    /** A worker that starts answers within a second or two; what does not answer for longer is in trouble or cut off. */
    private static final Duration PAUSE_AT_FIRST = Duration.ofMillis(500);

    private static final int AT_FIRST = 20;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /**
     * What all lines have in common.
     *
     * @param peers where the lists come from that are among the sections
     */
    record Means(
            ControlKey key,
            TokenSigner signer,
            SettingsClient client,
            Turns turns,
            ReplicaReports reports,
            PeerLists peers) {}

    private final Means means;
    private final Worker worker;
    private final ResourceID pool;
    private final String name;
    private final String address;
    private final String audience;
    private final LiveEnvironment environment;
    private volatile String refusal;
    private volatile Map<String, ?> known = Map.of();
    private volatile int silences;
    private Message target;
    private int attempts;
    private boolean telling;
    private boolean open = true;
    private Future<?> again = CompletableFuture.completedFuture(null);

    Line(Means means, Worker worker, ResourceID pool, Replica replica) {
        this.means = means;
        this.worker = worker;
        this.pool = pool;
        this.name = replica.name();
        this.address = replica.address().orElseThrow();
        this.environment = replica.environment();
        this.audience = pool.getNamespace().orElse("") + "/" + replica.name() + "/" + replica.uid();
    }

    /** What it said when it last refused. */
    Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    boolean knows(Map<String, ?> sections) {
        return known.equals(sections);
    }

    synchronized void tell(Message message) {
        boolean news = !message.equals(target);
        target = message;
        // News end a pause; an attempt that waits for its turn takes them along.
        if (!telling || (news && again.cancel(false))) {
            telling = true;
            attempts = 0;
            if (!means.reports().isSilent(worker)) {
                // It may have been once, and was heard of since.
                silences = 0;
            }
            takeTurn();
        }
    }

    /** While it is not silent to the reports: it was reached, or was not tried yet. */
    private void takeTurn() {
        means.turns().take(new Prospect(silences, true, means.reports().isSlow(worker)), this::attempt);
    }

    /** Whether somebody is at it here: not when it is done, nor when it is left to the reports. */
    synchronized boolean isTelling() {
        return telling;
    }

    synchronized void hangUp() {
        open = false;
        again.cancel(false);
    }

    private Outcome attempt() {
        Message told = target();
        if (told == null) {
            return Outcome.LEFT_OUT;
        }
        boolean tries = !means.reports().isSilent(worker);
        try {
            goOn(told, tries && isTold(told));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.LEFT_OUT;
        }
        if (!tries) {
            return Outcome.LEFT_OUT;
        }
        return silences == 0 ? Outcome.REACHED : Outcome.SILENT;
    }

    private synchronized Message target() {
        return open ? target : null;
    }

    private synchronized void goOn(Message told, boolean done) {
        boolean news = !told.equals(target);
        telling = open && (news || !done) && !means.reports().takeOver(worker);
        if (telling && news) {
            attempts = 0;
            takeTurn();
        } else if (telling) {
            Duration pause = silences > 0 ? Turns.pause(silences) : pause(attempts++);
            again = means.turns().after(pause, this::takeTurn);
        }
    }

    private static Duration pause(int attempt) {
        Duration longest = attempt < AT_FIRST ? PAUSE_AT_FIRST : LONGEST_PAUSE;
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempt, 10));
        return pause.compareTo(longest) < 0 ? pause : longest;
    }

    private boolean isTold(Message message) throws InterruptedException {
        Optional<SigningKey> signingKey = means.key().trustedBy(environment);
        if (signingKey.isEmpty()) {
            return false;
        }
        try {
            byte[] body = message.body().getBytes(StandardCharsets.UTF_8);
            Answer answer = means.client().put(address, means.signer().sign(signingKey.get(), audience, body), body);
            silences = 0;
            refusal = null;
            if (answer.applied()) {
                known = message.sections();
            }
            outbid(message, answer.peers());
            means.reports().note(worker, answer.inForce());
            return answer.inForce().generation() >= message.generation();
        } catch (RefusedException e) {
            silences = 0;
            refused(message, e.getMessage());
            return false;
        } catch (IOException e) {
            silences = Turns.isSilence(e) ? silences + 1 : 0;
            if (Turns.isSlowness(e)) {
                means.reports().foundSlow(worker);
            }
            LOG.debug("Replica {} was not told generation {}", name, message.generation(), e);
            return false;
        }
    }

    private void outbid(Message message, long peersKnown) {
        if (peersKnown > PeerLists.version(message.sections())) {
            LOG.info("Replica {} knows a later list of peers than it was told: it is told anew", name);
            means.peers().outbid(message.pool(), peersKnown);
            means.reports().wake(pool);
        }
    }

    private void refused(Message message, String text) {
        if (!text.equals(refusal)) {
            refusal = text;
            LOG.warn("Replica {} refuses the settings of generation {}: {}", name, message.generation(), text);
            means.reports().wake(pool);
        }
    }
}

package dev.workerpool.worker.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class DeparturesTest extends StoreTestCase {
    private static final Predicate<String> ANY = any -> true;

    private Departures departures;

    /** One that waits, and that its caller does not wait for. */
    private StoredRun waiting(RunKey key) throws Exception {
        return waiting(start(), key);
    }

    private StoredRun waiting(RunStore store, RunKey key) throws Exception {
        departures = store.departures();
        fixture.occupy();
        StoredRun run = fixture.submit("echo", "", true, key);
        run.leave();
        return run;
    }

    /** The same when another worker moves it. */
    private static WaitingRun movedOn(WaitingRun run) {
        return new WaitingRun(
                run.id(),
                run.task(),
                run.createdAt(),
                run.waited(),
                run.body(),
                run.parameters(),
                run.options(),
                run.key(),
                run.moves() + 1);
    }

    /** A move that is made again is known, a new one is not: or a run that comes and goes is done nowhere. */
    @Test
    void aRunThatHasLeftMayComeBack() throws Exception {
        StoredRun run = waiting(null);
        WaitingRun first = departures.takeFree(ANY);
        WaitingRun second = movedOn(first);
        departures.left(first, "b");
        assertThat(departures.place(run.id())).isEqualTo("b");

        assertThat(fixture.adopt(second)).isEqualTo(Adoption.ADOPTED);
        assertThat(departures.mayHaveLeft(run.id())).isFalse();
        WaitingRun third = departures.takeFree(ANY);
        assertThat(third.moves()).isEqualTo(3);
        departures.left(third, "b");
        assertThat(fixture.adopt(second)).isEqualTo(Adoption.KNOWN);
        assertThat(fixture.adopt(movedOn(third))).isEqualTo(Adoption.ADOPTED);
    }

    /** Whoever brings it back has it, and this worker is about to hear of that and forget it. */
    @Test
    void aRunThatIsOnItsWayIsNotTakenBackYet() throws Exception {
        waiting(null);
        WaitingRun first = departures.takeFree(ANY);

        assertThat(fixture.adopt(movedOn(first))).isEqualTo(Adoption.LEAVING);
        departures.left(first, "b");
        assertThat(fixture.adopt(movedOn(first))).isEqualTo(Adoption.ADOPTED);
    }

    /** The peer has done it and goes, before this worker has heard that it had come there. */
    @Test
    void theResultOfARunThatIsOnItsWayIsNotTakenYet() throws Exception {
        RunStore store = start();
        StoredRun run = waiting(store, null);
        WaitingRun moving = departures.takeFree(ANY);
        RetainedRun result = another(run.id(), Duration.ZERO);

        assertThat(store.hasAdopted(run.id())).isFalse();
        assertThat(store.adopt(result)).isEqualTo(Adoption.LEAVING);
        departures.left(moving, "b");
        assertThat(store.adopt(result)).isEqualTo(Adoption.ADOPTED);
        assertThat(store.hasAdopted(run.id())).isTrue();
    }

    @Test
    void whereItWentIsKnownStillWhenItsResultFindsNoRoomHere() throws Exception {
        RunStore store = start(Duration.ofMinutes(10), 1 << 20, 1);
        StoredRun run = waiting(store, null);
        departures.left(departures.takeFree(ANY), "b");
        store.adopt(another("a-1", Duration.ofMinutes(4)));

        assertThat(store.adopt(another(run.id(), Duration.ofMinutes(5)))).isEqualTo(Adoption.NO_ROOM);
        assertThat(departures.place(run.id())).isEqualTo("b");
        assertThat(store.adopt(another(run.id(), Duration.ofMinutes(3)))).isEqualTo(Adoption.ADOPTED);
        assertThat(departures.mayHaveLeft(run.id())).isFalse();
    }

    @Test
    void aRunWithAKeyIsNotFree() throws Exception {
        waiting(new RunKey("k", "f"));

        assertThat(departures.takeFree(ANY)).isNull();
        departures.stays(departures.take(ANY));
    }

    @Test
    void onlyWhatAPeerRunsIsFreeForIt() throws Exception {
        StoredRun run = waiting(null);

        assertThat(departures.takeFree(type -> !type.equals("echo"))).isNull();
        departures.stays(departures.takeFree(type -> type.equals("echo")));
        assertThat(run.state()).isEqualTo(RunState.QUEUED);
    }

    @Test
    void whatWasRefusedOnceIsNotFreeAnyMore() throws Exception {
        StoredRun run = waiting(null);
        departures.refused(departures.takeFree(ANY));

        assertThat(departures.takeFree(ANY)).isNull();
        assertThat(departures.take(id -> !id.equals(run.id()))).isNull();
        departures.left(departures.take(id -> id.equals(run.id())), "b");
    }

    @Test
    void whereItWentIsForgottenBeforeThatItMayHaveLeft() throws Exception {
        StoredRun first = waiting(null);
        departures.left(departures.takeFree(ANY), "b");
        for (int i = 0; i < 10_000; i++) {
            fixture.submit("echo", "", true, null).leave();
            departures.left(departures.takeFree(ANY), "b");
        }

        assertThat(departures.place(first.id())).isNull();
        assertThat(departures.mayHaveLeft(first.id())).isTrue();
        assertThat(departures.mayHaveLeft(first.id() + "zzzzz"))
                .as("one that never was")
                .isFalse();
    }
}

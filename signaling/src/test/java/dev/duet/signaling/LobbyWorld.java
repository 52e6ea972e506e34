package dev.duet.signaling;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One room, run from a seed: pages that look, park, answer, join with an offer and without, vanish, come back and are reloaded, while policy
 * and directory answer late. It keeps a book of every parked offer, and checks that it is used as docs/protocol.md says.
 */
final class LobbyWorld {
    private static final long MS = 1_000_000L;
    private static final RoomName ROOM = new RoomName("room");

    /** What became of one parked offer. */
    private static final class Offer {
        final long number;
        final Page author;
        /** Who was shown it. */
        @Nullable
        Page reader;

        boolean described;
        int candidates;
        boolean spent;
        boolean used;
        boolean replaced;

        Offer(long number, Page author) {
            this.number = number;
            this.author = author;
        }
    }

    /** One page load; a reload makes another. */
    private static final class Page {
        final String instance;
        final boolean duet;
        Optional<Seat> seat = Optional.empty();

        @Nullable
        ParticipantId me;

        @Nullable
        Wire stay;

        @Nullable
        Wire look;

        Page(String instance, boolean duet) {
            this.instance = instance;
            this.duet = duet;
        }

        @Override
        public String toString() {
            return "page " + instance;
        }
    }

    /** A stay or a look of a page, as the rooms know it. */
    private record Wire(Page page, long number) implements Session {}

    private record Words(String text) implements Payload {
        @Override
        public int sizeBytes() {
            return text.length();
        }
    }

    private record Asked(Page page, boolean any, long offer) {}

    private final Random random;
    private final Limits limits;
    private final Rooms rooms;
    private final LocalDirectory directory;
    private final List<Input> waiting = new ArrayList<>();
    private final List<Page> pages = new ArrayList<>();
    private final Map<Long, Offer> offers = new HashMap<>();
    private final Map<Session, Asked> joins = new HashMap<>();
    private final Set<ParticipantId> inside = new HashSet<>();
    private long now;
    private long wires;
    private int loads;
    int answered;
    int handedOut;
    int used;
    int spent;
    int stale;

    LobbyWorld(long seed, Limits limits) {
        random = new Random(seed);
        this.limits = limits;
        rooms = new Rooms(limits, 0, 1, Long.MIN_VALUE);
        directory = new LocalDirectory(limits.capacity(), 1);
        now = random.nextLong() / 4;
        for (int i = 0; i < 5; i++) {
            pages.add(newPage());
        }
    }

    private Page newPage() {
        return new Page("i" + ++loads, random.nextInt(8) != 0);
    }

    void step() {
        int at = random.nextInt(pages.size());
        Page page = pages.get(at);
        if (inside.size() > 1 && random.nextInt(3) == 0) {
            // Otherwise the room would be full most of the time, and its lobby empty.
            pages.forEach(random.nextBoolean() ? this::leave : this::lose);
        }
        switch (random.nextInt(30)) {
            case 0, 1, 2, 12, 23 -> look(page);
            case 3, 4, 22 -> pages.forEach(this::park);
            case 5, 6, 7, 8, 9 -> pages.forEach(this::answer);
            case 10, 11 -> {
                if (page.look == null) {
                    join(page);
                }
            }
            case 25, 26, 27 -> {
                if (lastReader() instanceof Page reader && pages.contains(reader)) {
                    join(reader);
                }
            }
            case 13, 14 -> {
                if (inside.isEmpty() || random.nextInt(3) == 0) {
                    join(page);
                }
            }
            case 15 -> leave(page);
            case 16 -> lose(page);
            case 17 -> {
                lose(page);
                comeBack(page);
            }
            case 18 -> {
                // A reload: nothing of the old page is left but its token.
                lose(page);
                Page next = newPage();
                next.seat = page.seat;
                pages.set(at, next);
                comeBack(next);
            }
            case 19 -> {
                lose(page);
                pages.set(at, newPage());
            }
            case 20 -> pass(random.nextInt(20) * MS);
            case 21 -> pass(random.nextInt(random.nextInt(8) == 0 ? 70_000 : 3_000) * MS);
            default -> {}
        }
        while (!waiting.isEmpty() && random.nextInt(4) != 0) {
            run(waiting.remove(random.nextInt(waiting.size())));
        }
    }

    /** Who was shown the last offer. */
    private @Nullable Page lastReader() {
        Offer last = offers.get((long) offers.size());
        return last == null ? null : last.reader;
    }

    // ---- what pages do ----

    private void look(Page page) {
        if (page.stay == null) {
            endLook(page);
            Wire look = new Wire(page, ++wires);
            page.look = look;
            run(new Input.Look(look, 1, ROOM, person(page)));
        }
    }

    private static Person person(Page page) {
        return new Person(DisplayName.NONE, page.instance);
    }

    private void endLook(Page page) {
        if (page.look instanceof Wire look) {
            page.look = null;
            run(new Input.Disconnected(look));
        }
    }

    private void park(Page page) {
        Offer last = offers.get((long) offers.size());
        boolean parked = last != null && last.author == page && !last.replaced && !last.spent;
        if (page.duet && page.stay instanceof Wire stay && page.me != null && (!parked || random.nextInt(8) == 0)) {
            run(new Input.Park(stay, 1, new Words("offer of " + page)));
        }
    }

    private void answer(Page page) {
        if (page.look instanceof Wire look) {
            long seen = offers.values().stream()
                    .filter(offer -> offer.reader == page)
                    .mapToLong(offer -> offer.number)
                    .max()
                    .orElse(1);
            long named = random.nextInt(6) == 0 ? 1 + random.nextInt(offers.size() + 1) : seen;
            SignalKind kind = SignalKind.values()[random.nextInt(3)];
            String text = random.nextInt(8) == 0 ? "c".repeat(2_000) : "answer of " + page;
            run(new Input.Answer(look, 1, named, kind, new Words(text)));
        }
    }

    private void join(Page page) {
        if (page.stay != null) {
            return;
        }
        Wire stay = new Wire(page, ++wires);
        page.stay = stay;
        page.me = null;
        boolean any = page.duet && random.nextInt(page.look == null ? 2 : 8) == 0;
        long offer = any
                ? 0
                : offers.values().stream()
                        .filter(one -> one.reader == page || random.nextInt(10) == 0)
                        .mapToLong(one -> one.number)
                        .max()
                        .orElse(0);
        Optional<Input.Visit> visit = Optional.ofNullable(page.look).map(look -> new Input.Visit(look, offer));
        enter(page, stay, Optional.empty(), visit, new Asked(page, any, offer));
    }

    private void enter(Page page, Wire stay, Optional<Resumption> had, Optional<Input.Visit> visit, Asked asked) {
        joins.put(stay, asked);
        run(new Input.Join(
                stay,
                1,
                ROOM,
                new ParticipantId("p" + stay.number),
                person(page),
                had,
                Optional.empty(),
                "",
                stay.number,
                visit,
                asked.any,
                page.duet));
    }

    private void comeBack(Page page) {
        if (page.stay == null && page.duet && page.seat.isPresent()) {
            Wire stay = new Wire(page, ++wires);
            page.stay = stay;
            page.me = null;
            Optional<Resumption> had = page.seat.map(seat -> new Resumption(seat, new ParticipantId("?"), 1));
            enter(page, stay, had, Optional.empty(), new Asked(page, random.nextBoolean(), 0));
        }
    }

    private void leave(Page page) {
        if (page.stay instanceof Wire stay) {
            page.stay = null;
            page.seat = Optional.empty();
            run(new Input.Leave(stay, 1, false));
        }
    }

    private void lose(Page page) {
        endLook(page);
        if (page.stay instanceof Wire stay) {
            page.stay = null;
            run(new Input.Disconnected(stay));
        }
    }

    private void pass(long nanos) {
        long end = now + nanos;
        while (rooms.nextDeadlineNanos() <= end) {
            now = Math.max(now, rooms.nextDeadlineNanos());
            run(new Input.TimePassed());
        }
        now = end;
    }

    /** Everybody goes, and all time passes; then nothing may be left. */
    void end() {
        pages.forEach(this::lose);
        while (!waiting.isEmpty()) {
            run(waiting.removeFirst());
        }
        pass(300_000 * MS);
        require(rooms.roomCount() == 0, "rooms are left");
        require(rooms.sessionCount() == 0, "sessions are left");
    }

    // ---- what they are told ----

    private void run(Input input) {
        List<Output> told = new ArrayList<>();
        rooms.handle(input, now, told::add);
        rooms.checkInvariants();
        told.forEach(output -> perform(input, output));
        used(told);
    }

    private void perform(Input input, Output output) {
        switch (output) {
            case Output.Admit admit ->
                waiting.add(
                        random.nextInt(12) == 0 ? new Input.Refused(admit.join()) : new Input.Admitted(admit.join()));
            case Output.TakeSeat take -> waiting.add(take.answer(directory.take(take.room(), take.claim())));
            case Output.ReleaseSeat(RoomName room, Seat seat) -> directory.release(room, seat);
            case Output.Probe(Session session) -> waiting.add(new Input.Heard(session));
            case Output.Gone(ParticipantId participant, boolean _) -> inside.remove(participant);
            case Output.Joined joined -> joined(joined);
            case Output.RoomFull(Session session, long _, RoomName _, var _) -> over((Wire) session);
            case Output.Ended(Session session, Output.EndReason _) -> over((Wire) session);
            case Output.LeaseEnded(Session session) -> over((Wire) session);
            case Output.Rejected rejected -> rejected(input, rejected);
            case Output.Looked looked -> looked.offer().ifPresent(offer -> shown(offer, (Wire) looked.session()));
            case Output.Parked parked -> {
                Page author = ((Wire) parked.session()).page;
                require(parked.number() == offers.size() + 1L, "a number twice: " + parked);
                require(inside.size() == 1, "parked with company: " + parked);
                offers.values().forEach(earlier -> earlier.replaced = true);
                offers.put(parked.number(), new Offer(parked.number(), author));
            }
            case Output.Answered told -> answered((Input.Answer) input, told);
            case Output.OfferSpent(Session session, long number) -> {
                Offer offer = offer(number);
                require(offer.author == ((Wire) session).page, "somebody else's is spent: " + number);
                require(!offer.used && !offer.spent && !offer.replaced, "spent twice, or used: " + number);
                require(offer.reader != null, "spent without a reader: " + number);
                offer.spent = true;
                spent++;
            }
            case Output.ParticipantJoined _,
                    Output.ParticipantAway _,
                    Output.ParticipantBack _,
                    Output.ParticipantLeft _,
                    Output.Left _ -> {}
            case Output.Deliver _, Output.Acknowledged _, Output.SignalRejected _ ->
                throw new IllegalStateException("nobody signals: " + output);
        }
    }

    private Offer offer(long number) {
        return Objects.requireNonNull(offers.get(number), () -> "no offer " + number);
    }

    private static void over(Wire wire) {
        if (wire.page.stay == wire) {
            wire.page.stay = null;
            wire.page.me = null;
        } else if (wire.page.look == wire) {
            wire.page.look = null;
        }
    }

    private void rejected(Input input, Output.Rejected rejected) {
        switch (input) {
            case Input.Answer answer -> {
                require(rejected.session().equals(answer.session()), "somebody else is told: " + rejected);
                stale += rejected.why() == Rejection.OFFER_STALE ? 1 : 0;
            }
            case Input.Park _ -> {}
            default -> over((Wire) rejected.session());
        }
    }

    private void shown(ParkedOffer parked, Wire to) {
        Offer offer = offer(parked.number());
        require(offer.reader == null, "shown twice: " + parked);
        require(!offer.replaced && !offer.spent && !offer.used, "shown when it was over: " + parked);
        require(offer.author != to.page, "shown to its author: " + parked);
        require(offer.author.stay != null, "its author is not there: " + parked);
        require(to.page.duet || to.page.look == to, "shown to who cannot read it: " + to);
        offer.reader = to.page;
    }

    private void answered(Input.Answer said, Output.Answered told) {
        Offer offer = offer(told.offer());
        Page visitor = ((Wire) said.session()).page;
        require(offer.author.stay == told.session(), "told to somebody else: " + told);
        require(offer.reader == visitor && visitor.look == said.session(), "said by somebody else: " + told);
        require(!offer.replaced && !offer.spent && !offer.used, "answered when it was over: " + told);
        require(told.payload() == said.payload() && told.kind() == said.kind(), "something else: " + told);
        if (told.kind() == SignalKind.DESCRIPTION) {
            require(!offer.described, "two descriptions: " + told);
            offer.described = true;
        } else {
            require(told.kind() == SignalKind.CANDIDATE && offer.described, "out of turn: " + told);
            require(++offer.candidates <= limits.candidatesMax(), "too many: " + told);
            require(told.payload().sizeBytes() <= limits.candidateBytesMax(), "too large: " + told);
        }
        answered++;
    }

    private void joined(Output.Joined joined) {
        Wire stay = (Wire) joined.session();
        Page page = stay.page;
        page.seat = Optional.of(joined.seat());
        page.me = joined.you().id();
        inside.add(joined.you().id());
        Asked asked = Objects.requireNonNull(joins.get(stay));
        joined.handedOut().ifPresent(parked -> {
            require(asked.any, "handed to who did not ask: " + joined);
            require(joined.others().size() == 1, "handed out in company: " + joined);
            require(parked.number() == joined.offer(), "another one: " + joined);
            shown(parked, stay);
            handedOut++;
        });
        if (joined.seat().generation() > 1) {
            require(joined.offer() == 0, "a resumed seat with an offer: " + joined);
        }
        if (joined.offer() > 0 && joined.handedOut().isEmpty()) {
            require(asked.offer == joined.offer(), "not the one that was named: " + joined);
        }
        if (page.look != null) {
            // By the seat its look is over, whatever came of it.
            page.look = null;
        }
    }

    /** Who joins with an offer and who waits are told the same, and nobody else is told of one. */
    private void used(List<Output> told) {
        long inJoined = 0;
        Page joiner = null;
        for (Output output : told) {
            if (output instanceof Output.Joined joined) {
                inJoined = joined.offer();
                joiner = ((Wire) joined.session()).page;
            }
        }
        long heard = 0;
        for (Output output : told) {
            if (output instanceof Output.ParticipantJoined(Session session, Participant _, long number) && number > 0) {
                Offer offer = offer(number);
                require(number == inJoined, "the two are told different things: " + told);
                require(offer.author.stay == session, "told to who has not parked it: " + told);
                require(offer.reader == joiner, "used by who was not shown it: " + told);
                require(!offer.used && !offer.spent && !offer.replaced, "used when it was over: " + told);
                offer.used = true;
                heard = number;
                used++;
            }
        }
        require(heard == inJoined, "only one of the two is told: " + told);
        if (inside.size() > 1) {
            offers.values().forEach(offer -> offer.replaced = true);
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException(what);
        }
    }
}

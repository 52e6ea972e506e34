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
 * One room, run from a seed: pages that look, park, offer, answer, join with a claim and without, vanish, come back and are reloaded, while
 * policy and directory answer late. It keeps a book of every offer, and checks that it is used as docs/protocol.md says; above all that
 * nobody without a seat gets what only a seat gives.
 */
final class LobbyWorld {
    private static final long MS = 1_000_000L;
    private static final RoomName ROOM = new RoomName("room");

    /** What became of one offer, standing or of a connection prepared with a preview. */
    private static final class Offer {
        final long number;
        final Page author;
        final boolean standing;
        /** Which preview has answered it, of a connection that is prepared. */
        @Nullable
        Session answered;
        /** To which preview it was handed. */
        @Nullable
        Session reader;

        boolean claimed;
        /** It is another's turn, or nobody waits any more. */
        boolean over;

        Offer(long number, Page author, boolean standing) {
            this.number = number;
            this.author = author;
            this.standing = standing;
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

        /** Under which it was last told to prepare a connection. */
        long told;

        /** The offers that it was shown. */
        final List<Long> shown = new ArrayList<>();

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

    private record Asked(
            Page page, boolean any, long offer, @Nullable Wire look) {}

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
    int taken;
    int claimed;
    int preconnected;
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
            case 5, 6, 24 -> pages.forEach(this::offer);
            case 7, 8, 9 -> pages.forEach(this::answer);
            case 10, 11 -> {
                if (page.look == null) {
                    join(page);
                }
            }
            case 25, 29 -> {
                if (page.look != null) {
                    join(page);
                }
            }
            case 26, 27 -> {
                pages.forEach(this::offer);
                pages.forEach(this::answer);
                if (random.nextInt(3) == 0) {
                    prepared().ifPresent(this::join);
                }
            }
            case 28 -> prepared().ifPresent(this::join);
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

    /** The page with which a connection is prepared by now. */
    private Optional<Page> prepared() {
        return offers.values().stream()
                .filter(offer -> !offer.standing && !offer.over && offer.answered != null)
                .map(offer -> ((Wire) Objects.requireNonNull(offer.answered)).page)
                .filter(pages::contains)
                .findFirst();
    }

    // ---- what pages do ----

    private void look(Page page) {
        if (page.stay == null) {
            if (page.look == null || random.nextBoolean()) {
                endLook(page);
                page.look = new Wire(page, ++wires);
            }
            Wire look = Objects.requireNonNull(page.look);
            run(new Input.Look(look, 1, ROOM, person(page), random.nextInt(4) != 0));
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
        boolean parked = offers.values().stream().anyMatch(it -> it.standing && it.author == page && !it.over);
        if (page.duet && page.stay instanceof Wire stay && page.me != null && (!parked || random.nextInt(8) == 0)) {
            Optional<String> instance = random.nextBoolean() ? Optional.of("i" + ++loads) : Optional.empty();
            run(new Input.Park(stay, 1, instance, new Words("offer of " + page), new Words("addresses of " + page)));
        }
    }

    /** Whoever was told to, and now and then somebody else or under another number. */
    private void offer(Page page) {
        if (page.stay instanceof Wire stay && page.duet && (page.told > 0 || random.nextInt(20) == 0)) {
            long number = random.nextInt(10) == 0 ? anyNumber() : page.told;
            run(new Input.Offer(stay, 1, number, new Words("offer to a preview, of " + page)));
        }
    }

    private void answer(Page page) {
        if (page.look instanceof Wire look) {
            long seen = page.shown.isEmpty() ? 1 : page.shown.getLast();
            long named = random.nextInt(6) == 0 ? anyNumber() : seen;
            run(new Input.Answer(look, 1, named, new Words("answer of " + page)));
        }
    }

    private long anyNumber() {
        return 1L + random.nextInt(Math.max(1, offers.size()));
    }

    private void join(Page page) {
        if (page.stay != null) {
            return;
        }
        Wire stay = new Wire(page, ++wires);
        page.stay = stay;
        page.me = null;
        boolean any = page.duet && random.nextInt(page.look == null ? 2 : 8) == 0;
        List<Long> good =
                page.shown.stream().filter(number -> !offer(number).over).toList();
        List<Long> from = good.isEmpty() || random.nextInt(3) == 0 ? page.shown : good;
        long shown = from.isEmpty() ? 0 : from.get(random.nextInt(from.size()));
        long offer = any ? 0 : random.nextInt(10) == 0 ? anyNumber() : shown;
        Optional<Payload> answer =
                random.nextInt(8) == 0 ? Optional.empty() : Optional.of(new Words("answer of " + page));
        Wire look = page.look;
        Optional<Input.Visit> visit = Optional.ofNullable(look).map(it -> new Input.Visit(it, offer, answer));
        enter(page, stay, Optional.empty(), visit, new Asked(page, any, offer, look));
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
            enter(page, stay, had, Optional.empty(), new Asked(page, random.nextBoolean(), 0, null));
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
        claimed(told);
    }

    private void perform(Input input, Output output) {
        switch (output) {
            case Output.Admit admit ->
                waiting.add(
                        random.nextInt(12) == 0 ? new Input.Refused(admit.join()) : new Input.Admitted(admit.join()));
            case Output.TakeSeat take -> waiting.add(take.answer(directory.take(take.room(), take.claim())));
            case Output.ReleaseSeat(RoomName room, Seat seat) -> directory.release(room, seat);
            case Output.Probe(Session session) -> waiting.add(new Input.Heard(session));
            case Output.WentAway _ -> {}
            case Output.Gone(ParticipantId participant, LeftReason _, boolean _, long _) -> inside.remove(participant);
            case Output.Joined joined -> joined(joined);
            case Output.RoomFull(Session session, long _, RoomName _, var _) -> over((Wire) session);
            case Output.Ended(Session session, Output.EndReason _) -> over((Wire) session);
            case Output.LeaseEnded(Session session) -> over((Wire) session);
            case Output.Rejected rejected -> rejected(input, rejected);
            case Output.Looked looked -> looked(looked);
            case Output.Parked parked -> {
                Page author = ((Wire) parked.session()).page;
                require(inside.size() == 1, "parked with company: " + parked);
                offers.values().stream().filter(it -> it.standing).forEach(earlier -> earlier.over = true);
                open(new Offer(parked.number(), author, true));
            }
            case Output.Looking looking -> looking(looking);
            case Output.Offered offered -> {
                Offer offer = offer(offered.offer());
                require(!offer.standing && !offer.over, "offered when it was over: " + offered);
                require(offer.reader == null, "offered twice: " + offered);
                require(
                        input instanceof Input.Offer said && said.session() == offer.author.stay,
                        "by another: " + offered);
                Wire reader = (Wire) offered.session();
                require(reader.page.look == reader, "offered to who does not look: " + offered);
                offer.reader = reader;
                reader.page.shown.add(offered.offer());
            }
            case Output.Answered told -> {
                Offer offer = offer(told.offer());
                require(!offer.standing && !offer.over, "answered when it was over: " + told);
                require(offer.author.stay == told.session(), "told to somebody else: " + told);
                require(input instanceof Input.Answer said && said.session() == offer.reader, "by another: " + told);
                require(offer.answered == null, "answered twice: " + told);
                offer.answered = offer.reader;
                answered++;
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
            case Input.Park _, Input.Offer _ -> {}
            default -> over((Wire) rejected.session());
        }
    }

    private void open(Offer offer) {
        require(offers.put(offer.number, offer) == null, "a number twice: " + offer.number);
    }

    private void looked(Output.Looked looked) {
        looked.participants().forEach(it -> {
            require(it.person().name().equals(DisplayName.NONE), "a preview sees a name: " + looked);
            require(it.person().instance().isEmpty(), "a preview sees an instance: " + looked);
        });
        looked.offer().ifPresent(shown -> {
            Offer offer = offer(shown.number());
            Page page = ((Wire) looked.session()).page;
            require(offer.standing && !offer.over && !offer.claimed, "shown when it was over: " + shown);
            require(offer.author.stay != null && offer.author != page, "shown to its author: " + shown);
            page.shown.add(shown.number());
        });
    }

    private void looking(Output.Looking looking) {
        Page author = ((Wire) looking.session()).page;
        require(inside.size() == 1, "told of previews in company: " + looking);
        author.told = looking.offer();
        offers.values().stream()
                .filter(it -> !it.standing && it.number != looking.offer())
                .forEach(it -> it.over = true);
        if (looking.offer() > 0 && !offers.containsKey(looking.offer())) {
            require(limits.capacity() == 2, "prepared in a room for more: " + looking);
            open(new Offer(looking.offer(), author, false));
        }
    }

    private void joined(Output.Joined joined) {
        Wire stay = (Wire) joined.session();
        Page page = stay.page;
        page.seat = Optional.of(joined.seat());
        page.me = joined.you().id();
        inside.add(joined.you().id());
        Asked asked = Objects.requireNonNull(joins.get(stay));
        joined.claim().ifPresent(claim -> {
            Offer offer = offer(claim.number());
            require(!offer.over && !offer.claimed, "claimed when it was over: " + claim);
            require(joined.others().size() == 1, "claimed in company: " + joined);
            require(joined.seat().generation() == 1, "a resumed seat with an offer: " + joined);
            require(offer.standing == claim.standing().isPresent(), "another kind: " + claim);
            boolean named = asked.offer == claim.number() && asked.look != null;
            require((asked.any && offer.standing) || named, "claimed by who did not ask: " + claim);
            require(offer.standing || offer.answered == asked.look, "claimed by who did not answer: " + claim);
            require(asked.any || !offer.standing || claim.answer().isPresent(), "claimed without an answer: " + claim);
            offer.claimed = true;
            taken += asked.any ? 1 : 0;
            claimed += !asked.any && offer.standing ? 1 : 0;
            preconnected += offer.standing ? 0 : 1;
        });
        if (page.look != null) {
            // By the seat its look is over, whatever came of it.
            page.look = null;
        }
    }

    /** Who joins with an offer and who waits are told the same, and nobody else is told of one. */
    private void claimed(List<Output> told) {
        Optional<OfferClaim> inJoined = Optional.empty();
        Optional<OfferClaim> heard = Optional.empty();
        for (Output output : told) {
            if (output instanceof Output.Joined joined) {
                inJoined = joined.claim();
            } else if (output instanceof Output.ParticipantJoined(Session session, Participant _, var claim)) {
                if (claim.isPresent()) {
                    require(offer(claim.get().number()).author.stay == session, "told to who did not offer: " + told);
                    heard = claim;
                }
            }
        }
        require(heard.equals(inJoined), "the two are told different things: " + told);
        if (inside.size() > 1) {
            offers.values().forEach(offer -> offer.over = true);
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException(what);
        }
    }
}

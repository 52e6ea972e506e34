package dev.duet.signaling;

import java.util.ArrayDeque;

/**
 * A connection between a page and the server. What goes over it arrives in order, each after a delay. When it is cut, each direction loses a
 * random suffix of what is on its way, and the rest may come much later, when a newer connection has long taken over.
 */
final class Wire implements Session {
    private static final int LATE_MS = 6_000;
    private static final int SILENCE_MS = 15_000;

    private static final class Flight {
        boolean lost;
    }

    private final class Direction {
        private final ArrayDeque<Flight> onTheWay = new ArrayDeque<>();
        private long lastMs;
        private long lateMs;

        void send(Runnable arrival) {
            if (cut) {
                return;
            }
            int delay = 1 + world.random.nextInt(world.random.nextInt(50) == 0 ? 800 : 40);
            lastMs = Math.max(lastMs, world.agenda.nowMs() + delay);
            Flight flight = new Flight();
            onTheWay.add(flight);
            world.agenda.in(lastMs - world.agenda.nowMs(), () -> {
                if (lateMs == 0) {
                    arrive(flight, arrival);
                } else {
                    world.agenda.in(lateMs, () -> arrive(flight, arrival));
                }
            });
        }

        private void arrive(Flight flight, Runnable arrival) {
            if (onTheWay.remove() != flight) {
                throw new IllegalStateException("a connection changed the order");
            }
            if (!flight.lost) {
                arrival.run();
            }
        }

        void lose() {
            lateMs = world.random.nextInt(10) < 3 ? world.random.nextInt(LATE_MS) : 0;
            int kept = world.random.nextInt(onTheWay.size() + 1);
            for (Flight flight : onTheWay) {
                flight.lost = --kept < 0;
            }
        }

        /** After all that is on the way. */
        void last(Runnable what, long moreMs) {
            world.agenda.in(Math.max(0, lastMs - world.agenda.nowMs()) + lateMs + moreMs, what);
        }
    }

    private final StreamsWorld world;
    private final ModelPage page;
    private final int boot;
    private final Direction toServer = new Direction();
    private final Direction toPage = new Direction();
    /** Grows with every connection that one process of the server opens. */
    final long number;

    private boolean cut;
    private long cutMs = Long.MAX_VALUE;
    private boolean lost;

    Wire(StreamsWorld world, ModelPage page, long number) {
        this.world = world;
        this.page = page;
        this.number = number;
        this.boot = world.boot;
    }

    /** From the page. */
    void say(Input input) {
        boolean numbered =
                input instanceof Input.Acknowledge || (input instanceof Input.Signal signal && signal.seq() > 0);
        if (numbered && world.happens(world.course.twice())) {
            toServer.send(() -> world.input(boot, input));
        }
        if (numbered && world.happens(world.course.dropped())) {
            toServer.send(() -> toPage.send(() -> page.hearsThatSomethingWasDropped(this)));
        } else {
            toServer.send(() -> world.input(boot, input));
        }
        cutByChance();
    }

    /** From the server. */
    void tell(Output output) {
        if (output instanceof Output.Probe) {
            // Answered by whoever holds the page's end, not by the page.
            toPage.send(() -> toServer.send(() -> world.input(boot, new Input.Heard(this))));
            return;
        }
        if (output instanceof Output.Deliver deliver && deliver.seq() > 0 && world.happens(world.course.twice())) {
            toPage.send(() -> page.hears(this, output));
        }
        toPage.send(() -> page.hears(this, output));
        cutByChance();
    }

    private void cutByChance() {
        if (world.happens(world.course.cutPerPacket())) {
            cut(500);
        }
    }

    /** Both ends learn of it at times of their own; what was on the way may still arrive before. */
    void cut(int pageLearnsMs) {
        if (cut) {
            return;
        }
        toServer.lose();
        toPage.lose();
        cut = true;
        cutMs = world.agenda.nowMs();
        world.cuts++;
        page.isAbsent(this);
        world.agenda.in(world.random.nextInt(pageLearnsMs + 1), () -> page.lost(this));
        serverLearns(world.random.nextInt(SILENCE_MS));
    }

    /** When it was; never, if it was not. */
    long cutMs() {
        return cutMs;
    }

    /** The page is done with it: what it has said arrives. */
    void close() {
        cut = true;
        serverLearns(0);
    }

    private void serverLearns(int afterMs) {
        toServer.last(
                () -> {
                    if (!lost) {
                        lost = true;
                        world.input(boot, new Input.Disconnected(this));
                    }
                },
                afterMs);
    }

    @Override
    public String toString() {
        return page + " over " + number + " of boot " + boot;
    }
}

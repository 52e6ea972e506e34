package dev.duet.signaling;

import java.util.PriorityQueue;

/** What happens next, in virtual time; at one time in the order in which it was planned. */
final class Agenda {
    private record Event(long atMs, long order, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long order;
    private long nowMs;

    long nowMs() {
        return nowMs;
    }

    void in(long afterMs, Runnable what) {
        events.add(new Event(nowMs + Math.max(0, afterMs), ++order, what));
    }

    void runUntil(long endMs) {
        while (events.peek() instanceof Event next && next.atMs <= endMs) {
            events.remove();
            nowMs = next.atMs;
            next.what.run();
        }
        nowMs = endMs;
    }
}

package dev.duet.signaling;

import java.time.Duration;

/**
 * The numbers of a room.
 *
 * @param capacity seats, 2 to 4
 * @param seatGraceNanos how long a lost connection keeps its seat
 * @param returnGraceNanos how long a page that said it is being reloaded keeps its seat
 * @param takeOverNanos how long a seat has to be away before a joiner without its token may take it
 * @param probeNanos how long a probed session may take to answer
 * @param policyNanos how long the policy may take; then it has refused
 * @param directoryNanos how long the directory may take; then it is unavailable
 * @param candidateBytesMax the largest candidate
 * @param candidatesMax candidates that may follow one description
 * @param outwardCandidatesMax candidates beyond those, if they lead out of their network: without them there may be no call
 * @param descriptionBytesMax the largest description, as text
 * @param dataBytesMax the largest of all else
 * @param awaySeatsMax seats kept for lost connections at one time; beyond it a lost connection leaves at once
 * @param leasesMax how many may look into one room at a time
 * @param leaseNanos for how long one look is good
 * @param parkedNanos for how long a parked offer is shown to those who look
 * @param windowMessages signals that one participant may have sent to another who has not acknowledged them
 * @param windowBytes the same in bytes of payload
 * @param keptBytesMax bytes kept for all participants of one event loop
 */
public record Limits(
        int capacity,
        long seatGraceNanos,
        long returnGraceNanos,
        long takeOverNanos,
        long probeNanos,
        long policyNanos,
        long directoryNanos,
        int candidateBytesMax,
        int candidatesMax,
        int outwardCandidatesMax,
        int descriptionBytesMax,
        int dataBytesMax,
        int awaySeatsMax,
        int leasesMax,
        long leaseNanos,
        long parkedNanos,
        int windowMessages,
        int windowBytes,
        long keptBytesMax) {

    /** The largest room: a mesh of four. */
    public static final int CAPACITY_MAX = 4;

    public Limits {
        if (capacity < 2 || capacity > CAPACITY_MAX) {
            throw new IllegalArgumentException("capacity " + capacity + " (expected: 2 to " + CAPACITY_MAX + ")");
        }
    }

    /** The defaults, with this capacity and seat grace. */
    public static Limits of(int capacity, Duration seatGrace) {
        return new Limits(
                capacity,
                seatGrace.toNanos(),
                Math.min(seatGrace.toNanos(), Duration.ofSeconds(5).toNanos()),
                Duration.ofSeconds(5).toNanos(),
                Duration.ofSeconds(1).toNanos(),
                Duration.ofSeconds(2).toNanos(),
                Duration.ofSeconds(2).toNanos(),
                1024,
                512,
                64,
                256 * 1024,
                64 * 1024,
                100_000,
                3,
                Duration.ofSeconds(60).toNanos(),
                Duration.ofMinutes(10).toNanos(),
                1024,
                640 * 1024,
                64L * 1024 * 1024);
    }

    /** Candidates of whatever kind that may follow one description. */
    int allCandidatesMax() {
        return candidatesMax + outwardCandidatesMax;
    }

    /** These limits with others for what one signal may have. */
    public Limits with(int newCandidatesMax, int newDescriptionBytesMax, int newDataBytesMax) {
        return new Limits(
                capacity,
                seatGraceNanos,
                returnGraceNanos,
                takeOverNanos,
                probeNanos,
                policyNanos,
                directoryNanos,
                candidateBytesMax,
                newCandidatesMax,
                outwardCandidatesMax,
                newDescriptionBytesMax,
                newDataBytesMax,
                awaySeatsMax,
                leasesMax,
                leaseNanos,
                parkedNanos,
                windowMessages,
                windowBytes,
                keptBytesMax);
    }
}

package dev.duet.signaling;

import java.util.Optional;

/**
 * The offer with which a participant who comes and the one who waits begin their call. By it the server names each to the other: what the
 * offer's connection leads to is that participant, and nobody else.
 *
 * @param number the offer's
 * @param author the participant who waits
 * @param standing there when it is the standing offer; without it the two have prepared a connection during the preview
 * @param answer to the standing offer, when it came with the join
 */
public record OfferClaim(
        long number, ParticipantId author, Optional<StandingOffer> standing, Optional<Payload> answer) {}

package dev.duet.signaling;

/** Why a request was not carried out: a value, since wrong requests are normal on a network. */
public enum Rejection {
    ALREADY_IN_ROOM("already-in-room", "this session has a seat already, or a join under way", "leave first"),
    NOT_IN_ROOM("not-in-room", "this session has no seat", "join a room first"),
    UNKNOWN_PARTICIPANT(
            "unknown-participant",
            "'to' names nobody in this room",
            "take the id from 'joined' or 'participant-joined'"),
    PARTICIPANT_AWAY(
            "participant-away",
            "that participant's connection is lost just now",
            "send it again after 'participant-back'"),
    OUT_OF_SEQUENCE(
            "out-of-sequence", "signals before this one did not come", "go on with the signal that 'expected' names"),
    WINDOW_FULL(
            "window-full",
            "too much of what was sent to that participant is not acknowledged",
            "go on with 'expected' after an 'ack'"),
    CANDIDATE_TOO_LARGE(
            "candidate-too-large", "the candidate is larger than limits.candidateBytes", "leave this candidate out"),
    TOO_MANY_CANDIDATES(
            "too-many-candidates",
            "too many candidates for one description",
            "send a new description before more candidates"),
    DESCRIPTION_TOO_LARGE(
            "description-too-large",
            "the description is larger than limits.descriptionBytes",
            "begin with a new connection: tracks that were added and removed stay in the description of an old one"),
    DATA_TOO_LARGE("message-too-large", "the message is larger than limits.messageBytes", "send less at once"),
    LOBBY_FULL("lobby-full", "as many as may look into this room do so already", "join, or look again later"),
    NOT_WAITING(
            "not-waiting", "somebody is in the room already", "talk to them; an offer is parked while nobody is there"),
    OFFER_STALE(
            "offer-stale",
            "no connection is prepared under that number, or not with this session, or not any more",
            "join, and begin with a new connection"),
    OUT_OF_TURN(
            "bad-message",
            "a connection is prepared with one offer and one answer to it",
            "send one description, the answer after the offer"),
    JOIN_REFUSED("join-refused", "the server's policy refused this join", "ask whoever runs this server"),
    UNAVAILABLE("unavailable", "the server cannot answer this join now", "try again after retryAfterMs");

    private final String id;
    private final String message;
    private final String fix;

    Rejection(String id, String message, String fix) {
        this.id = id;
        this.message = message;
        this.fix = fix;
    }

    /** Stable and kebab-case, as clients see it. */
    public String id() {
        return id;
    }

    /** What is wrong, a sentence. */
    public String message() {
        return message;
    }

    /** What to do next. */
    public String fix() {
        return fix;
    }
}

package dev.duet.socketio;

/** Who may come into a namespace. Asked at every CONNECT, with payload or without, and for revision 3's implicit one too. */
@FunctionalInterface
public interface Admission {
    /** Everybody may. */
    Admission EVERYBODY = (_, answer) -> answer.admit();

    /** Decides, now or later, on the server's event loop; answers once. The socket is not connected yet. */
    void decide(Socket socket, Answer answer);

    /** Takes the decision; a second one, or one that comes when the client is gone, changes nothing. */
    interface Answer {
        /** Lets it in. */
        void admit();

        /** Keeps it out: the client gets a {@code connect_error} with this message. */
        void refuse(String message);
    }
}

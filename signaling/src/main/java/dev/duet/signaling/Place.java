package dev.duet.signaling;

/** Where a session stands: looking, on its way to a seat, or in one. */
sealed interface Place permits Member, PendingJoin, Lease {}

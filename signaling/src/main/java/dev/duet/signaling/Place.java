package dev.duet.signaling;

/** Where a session stands: on its way to a seat, or in one. */
sealed interface Place permits Member, PendingJoin {}

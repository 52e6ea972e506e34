/**
 * The Java client of Socket.IO ({@code io.socket:socket.io-client}, Engine.IO 4) against a server of the course dialect:
 * the scenario {@code socketio} of {@code e2e/} runs {@link dev.duet.javaclient.CourseVisit}. It is no part of the product.
 */
@NullMarked
package dev.duet.javaclient;

import org.jspecify.annotations.NullMarked;

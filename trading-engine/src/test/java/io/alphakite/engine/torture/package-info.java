/**
 * The engine's core under simulated faults: one thread, virtual time, one seed is one history.
 * {@link io.alphakite.engine.torture.Torture} runs it by the thousand.
 */
@NullMarked
package io.alphakite.engine.torture;

import org.jspecify.annotations.NullMarked;

/**
 * Recorded trading days: the compact form they ship in, its reader and writer, and the converter.
 */
@NullMarked
package io.alphakite.simulator.recording;

import org.jspecify.annotations.NullMarked;

/** The replayed market: its clock, its sessions, each ticker's level-one image and minute bars. */
@NullMarked
package io.alphakite.simulator.market;

import org.jspecify.annotations.NullMarked;

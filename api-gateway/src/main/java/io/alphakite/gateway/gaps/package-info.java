/** The gap ledger: when the stream was not proven complete, and what was done about it. */
@NullMarked
package io.alphakite.gateway.gaps;

import org.jspecify.annotations.NullMarked;

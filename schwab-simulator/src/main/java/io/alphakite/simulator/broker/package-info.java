/** The broker: one account, its orders, fills against the replayed market, account activity. */
@NullMarked
package io.alphakite.simulator.broker;

import org.jspecify.annotations.NullMarked;

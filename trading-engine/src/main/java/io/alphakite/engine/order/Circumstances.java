package io.alphakite.engine.order;

import io.alphakite.engine.control.Controls;
import io.alphakite.engine.risk.Exposure;
import io.alphakite.engine.risk.Market;

/**
 * All that a decision about one order looks at, of one moment.
 *
 * @param withdrawn whether somebody asked for a cancel of its trade
 * @param laneBlocked whether another order of the lane is of unknown fate, or goes by an id that
 *     was not read back and may yet prove to be another's, or the broker asked the lane to wait
 * @param exposure what the account has at risk beside this order
 */
public record Circumstances(
    boolean withdrawn, boolean laneBlocked, Exposure exposure, Market market, Controls controls) {}

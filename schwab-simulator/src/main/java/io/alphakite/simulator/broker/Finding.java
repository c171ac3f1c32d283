package io.alphakite.simulator.broker;

/**
 * What the broker's checks say of an order.
 *
 * @param rule the name of the rule
 * @param rejects false: only a warning
 */
public record Finding(String rule, String text, boolean rejects) {}

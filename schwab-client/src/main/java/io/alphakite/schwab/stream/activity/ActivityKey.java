package io.alphakite.schwab.stream.activity;

/**
 * Tells an item that comes again from a new one. Sequence numbers cannot: they start anew with each
 * subscription, and Schwab replays items under new ones.
 *
 * @param orderId empty when the item has none
 * @param type the message type
 * @param content the execution's id; for an item without one, a digest of its payload
 */
public record ActivityKey(String orderId, String type, String content) {}

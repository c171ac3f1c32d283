/**
 * What the three services share: how they start, and settings, database, notifications, clocks,
 * health, logging, request ids.
 */
@NullMarked
package io.alphakite.platform;

import org.jspecify.annotations.NullMarked;

/** When the New York Stock Exchange trades; the only place that knows its time zone. */
@NullMarked
package io.alphakite.model.calendar;

import org.jspecify.annotations.NullMarked;

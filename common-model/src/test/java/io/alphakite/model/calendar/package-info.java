@NullMarked
package io.alphakite.model.calendar;

import org.jspecify.annotations.NullMarked;

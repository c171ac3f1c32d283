/** What of the feed, the login and the clock a person must hear of. */
@NullMarked
package io.alphakite.streaming.alarm;

import org.jspecify.annotations.NullMarked;

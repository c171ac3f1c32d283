/** How the streaming service is, for a person and for a scraper. */
@NullMarked
package io.alphakite.streaming.health;

import org.jspecify.annotations.NullMarked;

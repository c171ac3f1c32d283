@NullMarked
package io.alphakite.streaming.feed;

import org.jspecify.annotations.NullMarked;

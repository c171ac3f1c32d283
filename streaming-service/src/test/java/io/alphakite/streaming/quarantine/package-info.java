@NullMarked
package io.alphakite.streaming.quarantine;

import org.jspecify.annotations.NullMarked;

/** LISTEN and NOTIFY: hints that rows have changed. */
@NullMarked
package io.alphakite.platform.notification;

import org.jspecify.annotations.NullMarked;

/** What a person should hear of, from its cause's beginning to its end. */
@NullMarked
package io.alphakite.platform.alert;

import org.jspecify.annotations.NullMarked;

/** What a person asks first when something looks wrong. */
@NullMarked
package io.alphakite.gateway.operations;

import org.jspecify.annotations.NullMarked;

/** Which versions the services have, and whether they fit together. */
@NullMarked
package io.alphakite.platform.version;

import org.jspecify.annotations.NullMarked;

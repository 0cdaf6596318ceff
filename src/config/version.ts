import manifest from '../../package.json' with { type: 'json' };

/** The name and version of this build, as package.json has them. */
export const SERVICE = { name: manifest.name, version: manifest.version };

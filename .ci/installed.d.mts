export declare function installedMatches(root: string): boolean;

//! Mistakes that this project's `remote_protocol.x` might have, one of each kind.

use xdr_parser::compare::Rule;

/// What the comparison must call it, what stands in the file, and what might stand there by mistake.
pub(crate) const SEEDS: &[(Rule, &str, &str)] = &[
    (
        Rule::ConstantValueChanged,
        "const REMOTE_CPUMAP_MAX = 2048;",
        "const REMOTE_CPUMAP_MAX = 2049;",
    ),
    (
        Rule::ConstantRemoved,
        "const REMOTE_PROGRAM = 0x20008086;",
        "",
    ),
    (
        Rule::ConstantAdded,
        "enum remote_auth_type {",
        "const MORE = 1; enum remote_auth_type {",
    ),
    (
        Rule::NumberRespelled,
        "ids<REMOTE_DOMAIN_LIST_MAX>",
        "ids<REMOTE_NETWORK_LIST_MAX>",
    ),
    (
        Rule::TypeAdded,
        "enum remote_auth_type {",
        "typedef int more; enum remote_auth_type {",
    ),
    (
        Rule::TypeRemoved,
        "typedef remote_nonnull_storage_vol *remote_storage_vol;",
        "",
    ),
    (
        Rule::TypeChanged,
        "    remote_domain dom;",
        "    remote_network dom;",
    ),
    (
        Rule::MarksChanged,
        "struct remote_node_get_info_ret { /* insert@1 */",
        "struct remote_node_get_info_ret {",
    ),
    (
        Rule::FieldAdded,
        "    int int2;",
        "    int int2;\n    int int3;",
    ),
    (Rule::FieldRemoved, "    int int2;", ""),
    (
        Rule::FieldMoved,
        "    int code;\n    int domain;",
        "    int domain;\n    int code;",
    ),
    (Rule::FieldRenamed, "    int int2;", "    int int3;"),
    (
        Rule::BoundTightened,
        "ids<REMOTE_DOMAIN_LIST_MAX>",
        "ids<16383>",
    ),
    (
        Rule::BoundWidened,
        "ids<REMOTE_DOMAIN_LIST_MAX>",
        "ids<16385>",
    ),
    (Rule::BoundDropped, "ids<REMOTE_DOMAIN_LIST_MAX>", "ids<>"),
    (
        Rule::FixedLengthChanged,
        "remote_uuid[VIR_UUID_BUFLEN]",
        "remote_uuid[12]",
    ),
    (
        Rule::OptionalChanged,
        "typedef remote_nonnull_string *remote_string;",
        "typedef remote_nonnull_string remote_string;",
    ),
    (
        Rule::StringToOpaque,
        "string remote_nonnull_string<",
        "opaque remote_nonnull_string<",
    ),
    (
        Rule::SignednessChanged,
        "    unsigned int number;",
        "    int number;",
    ),
    (
        Rule::WidthChanged,
        "    unsigned hyper cpu_time;",
        "    unsigned int cpu_time;",
    ),
    (
        Rule::EnumeratorAdded,
        "    REMOTE_AUTH_POLKIT = 2",
        "    REMOTE_AUTH_POLKIT = 2, REMOTE_AUTH_MORE = 3",
    ),
    (Rule::EnumeratorRemoved, "    REMOTE_AUTH_SASL = 1,", ""),
    (
        Rule::EnumeratorRenumbered,
        "REMOTE_AUTH_POLKIT = 2",
        "REMOTE_AUTH_POLKIT = 3",
    ),
    (
        Rule::EnumeratorRenamed,
        "REMOTE_AUTH_POLKIT = 2",
        "REMOTE_AUTH_POLICY = 2",
    ),
    (
        Rule::DiscriminantRenamed,
        "switch (int type)",
        "switch (int kind)",
    ),
    (
        Rule::ArmRemoved,
        "case VIR_TYPED_PARAM_DOUBLE:\n    double d;",
        "",
    ),
    (Rule::ArmRenamed, "    double d;", "    double f;"),
    (Rule::ArmPayloadChanged, "    double d;", "    void;"),
    (
        Rule::DefaultArmAdded,
        "    remote_nonnull_string s;\n};",
        "    remote_nonnull_string s;\ndefault:\n    void;\n};",
    ),
    (
        Rule::ProcedureRemoved,
        ",\n\n    /**\n     * @generate: none\n     * @acl: domain:write\n     */\n    REMOTE_PROC_DOMAIN_FD_ASSOCIATE = 443",
        "",
    ),
    (
        Rule::ProcedureRenamed,
        "REMOTE_PROC_CONNECT_CLOSE = 2,",
        "REMOTE_PROC_CONNECT_END = 2,",
    ),
    (
        Rule::ProcedureRenumbered,
        "REMOTE_PROC_DOMAIN_FD_ASSOCIATE = 443",
        "REMOTE_PROC_DOMAIN_FD_ASSOCIATE = 444",
    ),
    (
        Rule::ArgsLost,
        "struct remote_domain_fd_associate_args {",
        "struct remote_domain_fd_associate_arguments {",
    ),
    (
        Rule::AclChanged,
        "@acl: domain:hibernate",
        "@acl: domain:write",
    ),
    (
        Rule::AclFilterChanged,
        "     * @aclfilter: domain:getattr\n",
        "",
    ),
    (Rule::PriorityChanged, "     * @priority: high\n", ""),
    (Rule::GenerateChanged, "@generate: both", "@generate: none"),
    (Rule::StreamChanged, "@readstream: 2", "@writestream: 2"),
    (
        Rule::StreamParameterChanged,
        "@readstream: 2",
        "@readstream: 1",
    ),
    (
        Rule::SparseFlagRemoved,
        "     * @sparseflag: VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM\n",
        "",
    ),
];

//! The rows: what is called, and what virsh should print of the result.

use protocol_defs::graphics::Uuid;
use protocol_defs::remote::{self, proc};

use super::Table;

pub(super) async fn node(table: &mut Table<'_>) {
    table
        .row::<proc::ConnectGetType>("version: Running hypervisor", &(), |ret| {
            format!("{} 0.0.2", ret.r#type)
        })
        .await;
    table
        .row::<proc::ConnectGetVersion>("version: Running hypervisor", &(), |ret| {
            format!("TEST {}", version(ret.hv_ver))
        })
        .await;
    table
        .row::<proc::ConnectGetLibVersion>("version --daemon: Running against daemon", &(), |ret| {
            version(ret.lib_ver)
        })
        .await;
    table
        .row::<proc::ConnectGetHostname>("hostname", &(), |ret| ret.hostname.clone())
        .await;
    table
        .row::<proc::ConnectGetCapabilities>("capabilities", &(), |ret| ret.capabilities.clone())
        .await;
    let args = remote::ConnectGetSysinfoArgs { flags: 0 };
    table
        .row::<proc::ConnectGetSysinfo>("sysinfo", &args, |ret| ret.sysinfo.clone())
        .await;
    let args = remote::ConnectGetMaxVcpusArgs { r#type: None };
    table
        .row::<proc::ConnectGetMaxVcpus>("maxvcpus", &args, |ret| ret.max_vcpus.to_string())
        .await;
    let node = table
        .row::<proc::NodeGetInfo>("nodeinfo: CPU model", &(), |ret| text(&ret.model))
        .await;
    for (command, value) in [
        ("nodeinfo: CPU(s)", node.cpus.to_string()),
        ("nodeinfo: CPU frequency", format!("{} MHz", node.mhz)),
        ("nodeinfo: CPU socket(s)", node.sockets.to_string()),
        ("nodeinfo: Core(s) per socket", node.cores.to_string()),
        ("nodeinfo: Thread(s) per core", node.threads.to_string()),
        ("nodeinfo: NUMA cell(s)", node.nodes.to_string()),
        ("nodeinfo: Memory size", format!("{} KiB", node.memory)),
    ] {
        table
            .row::<proc::NodeGetInfo>(command, &(), |_| value)
            .await;
    }
    let args = remote::NodeGetCpuMapArgs {
        need_map: 1,
        need_online: 1,
        flags: 0,
    };
    table
        .row::<proc::NodeGetCpuMap>("nodecpumap: CPU map", &args, |ret| {
            let count = usize::try_from(ret.ret).expect("a number of processors");
            processors(&ret.cpumap, count)
        })
        .await;
    table
        .row::<proc::NodeGetFreeMemory>("freecell: Total", &(), |ret| {
            format!("{} KiB", ret.free_mem / 1024)
        })
        .await;
    let args = remote::NodeGetCellsFreeMemoryArgs {
        start_cell: 1,
        maxcells: 1,
    };
    table
        .row::<proc::NodeGetCellsFreeMemory>("freecell 1: 1", &args, |ret| {
            format!("{} KiB", ret.cells[0] / 1024)
        })
        .await;
    let args = remote::ConnectGetCpuModelNamesArgs {
        arch: "x86_64".to_owned(),
        need_results: 1,
        flags: 0,
    };
    table
        .row::<proc::ConnectGetCpuModelNames>("cpu-models x86_64", &args, |ret| {
            ret.models.join("\n")
        })
        .await;
}

pub(super) async fn domain(table: &mut Table<'_>) -> remote::NonnullDomain {
    let args = remote::ConnectListAllDomainsArgs {
        need_results: 1,
        flags: 0,
    };
    table
        .row::<proc::ConnectListAllDomains>("list --all --name", &args, |ret| {
            let names: Vec<_> = ret.domains.iter().map(|dom| dom.name.as_str()).collect();
            names.join("\n")
        })
        .await;
    let args = remote::ConnectListDomainsArgs { maxids: 10 };
    table
        .row::<proc::ConnectListDomains>("list --id", &args, |ret| {
            let ids: Vec<_> = ret.ids.iter().map(ToString::to_string).collect();
            ids.join("\n")
        })
        .await;
    let args = remote::DomainLookupByIdArgs { id: 1 };
    table
        .row::<proc::DomainLookupById>("domname 1", &args, |ret| ret.dom.name.clone())
        .await;
    let args = remote::DomainLookupByNameArgs {
        name: "test".to_owned(),
    };
    let dom = table
        .row::<proc::DomainLookupByName>("domuuid test", &args, |ret| {
            Uuid(ret.dom.uuid).to_string()
        })
        .await
        .dom;
    let args = remote::DomainLookupByUuidArgs { uuid: dom.uuid };
    table
        .row::<proc::DomainLookupByUuid>("domid test", &args, |ret| ret.dom.id.to_string())
        .await;
    let args = remote::DomainGetXmlDescArgs {
        dom: dom.clone(),
        flags: 0,
    };
    table
        .row::<proc::DomainGetXmlDesc>("dumpxml test", &args, |ret| ret.xml.clone())
        .await;
    let args = remote::DomainGetStateArgs {
        dom: dom.clone(),
        flags: 0,
    };
    table
        .row::<proc::DomainGetState>("domstate --reason test", &args, |ret| {
            match (ret.state, ret.reason) {
                (1, 0) => "running (unknown)".to_owned(),
                other => format!("{other:?}"),
            }
        })
        .await;
    dom
}

/// A row of a procedure whose arguments are a domain and this.
macro_rules! of_domain {
    ($table:ident, $dom:ident, $procedure:ident, $args:ident { $($more:tt)* }, $command:literal, $words:expr) => {
        let args = remote::$args { dom: $dom.clone(), $($more)* };
        $table.row::<proc::$procedure>($command, &args, $words).await;
    };
}

pub(super) async fn facts_of_domain(table: &mut Table<'_>, dom: &remote::NonnullDomain) {
    of_domain!(
        table,
        dom,
        DomainGetInfo,
        DomainGetInfoArgs {},
        "dominfo test: Used memory",
        |ret| { format!("{} KiB", ret.memory) }
    );
    of_domain!(
        table,
        dom,
        DomainGetMaxMemory,
        DomainGetMaxMemoryArgs {},
        "dominfo test: Max memory",
        |ret| { format!("{} KiB", ret.memory) }
    );
    of_domain!(
        table,
        dom,
        DomainGetOsType,
        DomainGetOsTypeArgs {},
        "dominfo test: OS Type",
        |ret| { ret.r#type.clone() }
    );
    of_domain!(
        table,
        dom,
        DomainIsPersistent,
        DomainIsPersistentArgs {},
        "dominfo test: Persistent",
        |ret| { yes(ret.persistent) }
    );
    of_domain!(
        table,
        dom,
        DomainGetAutostart,
        DomainGetAutostartArgs {},
        "dominfo test: Autostart",
        |ret| {
            if ret.autostart == 0 {
                "disable"
            } else {
                "enable"
            }
            .to_owned()
        }
    );
    of_domain!(
        table,
        dom,
        DomainHasManagedSaveImage,
        DomainHasManagedSaveImageArgs { flags: 0 },
        "dominfo test: Managed save",
        |ret| yes(ret.result)
    );
    of_domain!(
        table,
        dom,
        DomainGetSecurityLabel,
        DomainGetSecurityLabelArgs {},
        "dominfo test: Security label",
        |ret| {
            let mode = ["permissive", "enforcing"][usize::from(ret.enforcing != 0)];
            format!("{} ({mode})", text(&ret.label))
        }
    );
    table
        .row::<proc::NodeGetSecurityModel>("dominfo test: Security model", &(), |ret| {
            text(&ret.model)
        })
        .await;
}

pub(super) async fn processors_of_domain(table: &mut Table<'_>, dom: &remote::NonnullDomain) {
    of_domain!(
        table,
        dom,
        DomainGetMaxVcpus,
        DomainGetMaxVcpusArgs {},
        "vcpucount test --maximum --live",
        |ret| ret.num.to_string()
    );
    // `VIR_DOMAIN_AFFECT_CONFIG`.
    of_domain!(
        table,
        dom,
        DomainGetVcpusFlags,
        DomainGetVcpusFlagsArgs { flags: 2 },
        "vcpucount test --current --config",
        |ret| ret.num.to_string()
    );
    of_domain!(
        table,
        dom,
        DomainGetVcpus,
        DomainGetVcpusArgs {
            maxinfo: 1,
            maplen: 1
        },
        "vcpuinfo test: CPU Affinity",
        |ret| processors(&ret.cpumaps, 8)
    );
    of_domain!(
        table,
        dom,
        DomainGetVcpuPinInfo,
        DomainGetVcpuPinInfoArgs {
            ncpumaps: 2,
            maplen: 1,
            flags: 0
        },
        "vcpupin test: 1",
        |ret| match ret.cpumaps[..] {
            [_, 0xff] => "0-7".to_owned(),
            ref other => format!("{other:?}"),
        }
    );
    of_domain!(
        table,
        dom,
        DomainGetEmulatorPinInfo,
        DomainGetEmulatorPinInfoArgs {
            maplen: 1,
            flags: 0
        },
        "emulatorpin test",
        |ret| match ret.cpumaps[..] {
            [0xff] => "0-7".to_owned(),
            ref other => format!("{other:?}"),
        }
    );
    of_domain!(
        table,
        dom,
        DomainGetSchedulerType,
        DomainGetSchedulerTypeArgs {},
        "schedinfo test: Scheduler",
        |ret| ret.r#type.clone()
    );
}

pub(super) async fn guest_of_domain(table: &mut Table<'_>, dom: &remote::NonnullDomain) {
    of_domain!(
        table,
        dom,
        DomainGetHostname,
        DomainGetHostnameArgs { flags: 0 },
        "domhostname test",
        |ret| ret.hostname.clone()
    );
    of_domain!(
        table,
        dom,
        DomainGetFsinfo,
        DomainGetFsinfoArgs { flags: 0 },
        "domfsinfo test: /boot",
        |ret| {
            let info = &ret.info[1];
            format!(
                "{}   {}   {}",
                info.name,
                info.fstype,
                info.dev_aliases.join(",")
            )
        }
    );
    of_domain!(
        table,
        dom,
        DomainInterfaceAddresses,
        DomainInterfaceAddressesArgs {
            source: 0,
            flags: 0
        },
        "domifaddr test: testnet0",
        |ret| {
            let (iface, addr) = (&ret.ifaces[0], &ret.ifaces[0].addrs[0]);
            let hwaddr = iface.hwaddr.as_deref().unwrap_or_default();
            format!("{hwaddr}    ipv4         {}/{}", addr.addr, addr.prefix)
        }
    );
    of_domain!(
        table,
        dom,
        DomainMemoryStats,
        DomainMemoryStatsArgs {
            max_stats: 20,
            flags: 0
        },
        "dommemstat test: disk_caches",
        |ret| {
            // `VIR_DOMAIN_MEMORY_STAT_DISK_CACHES`.
            let stat = ret.stats.iter().find(|stat| stat.tag == 10);
            stat.expect("it is among them").val.to_string()
        }
    );
    of_domain!(
        table,
        dom,
        DomainGetControlInfo,
        DomainGetControlInfoArgs { flags: 0 },
        "domcontrol test",
        |ret| if ret.state == 0 { "ok" } else { "not ok" }.to_owned()
    );
}

pub(super) async fn snapshots(table: &mut Table<'_>, dom: remote::NonnullDomain) {
    let args = remote::DomainListAllSnapshotsArgs {
        dom: dom.clone(),
        need_results: 1,
        flags: 0,
    };
    table
        .row::<proc::DomainListAllSnapshots>("snapshot-list test --name", &args, |ret| {
            let mut names: Vec<_> = ret.snapshots.iter().map(|it| it.name.as_str()).collect();
            // virsh sorts them.
            names.sort_unstable();
            names.join("\n")
        })
        .await;
    let args = remote::DomainSnapshotCurrentArgs {
        dom: dom.clone(),
        flags: 0,
    };
    let snap = table
        .row::<proc::DomainSnapshotCurrent>("snapshot-current test --name", &args, |ret| {
            ret.snap.name.clone()
        })
        .await
        .snap;
    let args = remote::DomainSnapshotGetParentArgs {
        snap: snap.clone(),
        flags: 0,
    };
    table
        .row::<proc::DomainSnapshotGetParent>("snapshot-parent test second", &args, |ret| {
            ret.snap.name.clone()
        })
        .await;
    let args = remote::DomainSnapshotNumChildrenArgs {
        snap: snap.clone(),
        flags: 0,
    };
    table
        .row::<proc::DomainSnapshotNumChildren>(
            "snapshot-info test second: Children",
            &args,
            |ret| ret.num.to_string(),
        )
        .await;
    let args = remote::DomainSnapshotIsCurrentArgs {
        snap: snap.clone(),
        flags: 0,
    };
    table
        .row::<proc::DomainSnapshotIsCurrent>("snapshot-info test second: Current", &args, |ret| {
            yes(ret.current)
        })
        .await;
    let args = remote::DomainSnapshotGetXmlDescArgs { snap, flags: 0 };
    table
        .row::<proc::DomainSnapshotGetXmlDesc>("snapshot-dumpxml test second", &args, |ret| {
            ret.xml.clone()
        })
        .await;
}

pub(super) async fn networks(table: &mut Table<'_>) {
    let args = remote::ConnectListAllNetworksArgs {
        need_results: 1,
        flags: 0,
    };
    table
        .row::<proc::ConnectListAllNetworks>("net-list --name", &args, |ret| {
            ret.nets[0].name.clone()
        })
        .await;
    let args = remote::NetworkLookupByNameArgs {
        name: "default".to_owned(),
    };
    let net = table
        .row::<proc::NetworkLookupByName>("net-uuid default", &args, |ret| {
            Uuid(ret.net.uuid).to_string()
        })
        .await
        .net;
    let args = remote::NetworkGetXmlDescArgs {
        net: net.clone(),
        flags: 0,
    };
    table
        .row::<proc::NetworkGetXmlDesc>("net-dumpxml default", &args, |ret| ret.xml.clone())
        .await;
    macro_rules! row {
        ($procedure:ident, $args:ident, $command:literal, $words:expr) => {
            let args = remote::$args { net: net.clone() };
            table.row::<proc::$procedure>($command, &args, $words).await;
        };
    }
    row!(
        NetworkGetBridgeName,
        NetworkGetBridgeNameArgs,
        "net-info default: Bridge",
        |ret| ret.name.clone()
    );
    row!(
        NetworkGetAutostart,
        NetworkGetAutostartArgs,
        "net-info default: Autostart",
        |ret| { yes(ret.autostart) }
    );
    row!(
        NetworkIsActive,
        NetworkIsActiveArgs,
        "net-info default: Active",
        |ret| { yes(ret.active) }
    );
    row!(
        NetworkIsPersistent,
        NetworkIsPersistentArgs,
        "net-info default: Persistent",
        |ret| { yes(ret.persistent) }
    );
}

pub(super) async fn pools(table: &mut Table<'_>) {
    let args = remote::StoragePoolLookupByNameArgs {
        name: "default-pool".to_owned(),
    };
    let pool = table
        .row::<proc::StoragePoolLookupByName>("pool-uuid default-pool", &args, |ret| {
            Uuid(ret.pool.uuid).to_string()
        })
        .await
        .pool;
    let args = remote::StoragePoolLookupByUuidArgs { uuid: pool.uuid };
    let command = "pool-name dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566";
    table
        .row::<proc::StoragePoolLookupByUuid>(command, &args, |ret| ret.pool.name.clone())
        .await;
    let args = remote::StoragePoolGetInfoArgs { pool: pool.clone() };
    let command = "pool-info default-pool --bytes: Available";
    table
        .row::<proc::StoragePoolGetInfo>(command, &args, |ret| ret.available.to_string())
        .await;
    let args = remote::StoragePoolGetXmlDescArgs {
        pool: pool.clone(),
        flags: 0,
    };
    table
        .row::<proc::StoragePoolGetXmlDesc>("pool-dumpxml default-pool", &args, |ret| {
            ret.xml.clone()
        })
        .await;
    let args = remote::StoragePoolIsPersistentArgs { pool: pool.clone() };
    let command = "pool-info default-pool: Persistent";
    table
        .row::<proc::StoragePoolIsPersistent>(command, &args, |ret| yes(ret.persistent))
        .await;
    let args = remote::StorageVolLookupByNameArgs {
        pool,
        name: "disk".to_owned(),
    };
    let command = "vol-key disk --pool default-pool";
    let vol = table
        .row::<proc::StorageVolLookupByName>(command, &args, |ret| ret.vol.key.clone())
        .await
        .vol;
    let args = remote::StorageVolGetPathArgs { vol: vol.clone() };
    let command = "vol-path disk --pool default-pool";
    let path = table
        .row::<proc::StorageVolGetPath>(command, &args, |ret| ret.name.clone())
        .await
        .name;
    let args = remote::StorageVolLookupByPathArgs { path };
    table
        .row::<proc::StorageVolLookupByPath>("vol-name /default-pool/disk", &args, |ret| {
            ret.vol.name.clone()
        })
        .await;
    let args = remote::StoragePoolLookupByVolumeArgs { vol: vol.clone() };
    table
        .row::<proc::StoragePoolLookupByVolume>("vol-pool /default-pool/disk", &args, |ret| {
            ret.pool.name.clone()
        })
        .await;
    let args = remote::StorageVolGetInfoArgs { vol: vol.clone() };
    let command = "vol-info disk --pool default-pool --bytes: Capacity";
    table
        .row::<proc::StorageVolGetInfo>(command, &args, |ret| format!("{} bytes", ret.capacity))
        .await;
    let args = remote::StorageVolGetXmlDescArgs { vol, flags: 0 };
    let command = "vol-dumpxml disk --pool default-pool";
    table
        .row::<proc::StorageVolGetXmlDesc>(command, &args, |ret| ret.xml.clone())
        .await;
    let args = remote::ConnectFindStoragePoolSourcesArgs {
        r#type: "logical".to_owned(),
        src_spec: None,
        flags: 0,
    };
    let command = "find-storage-pool-sources logical";
    table
        .row::<proc::ConnectFindStoragePoolSources>(command, &args, |ret| ret.xml.clone())
        .await;
}

pub(super) async fn devices(table: &mut Table<'_>) {
    let args = remote::InterfaceLookupByNameArgs {
        name: "eth1".to_owned(),
    };
    let iface = table
        .row::<proc::InterfaceLookupByName>("iface-mac eth1", &args, |ret| ret.iface.mac.clone())
        .await
        .iface;
    let args = remote::InterfaceLookupByMacStringArgs {
        mac: iface.mac.clone(),
    };
    table
        .row::<proc::InterfaceLookupByMacString>("iface-name aa:bb:cc:dd:ee:ff", &args, |ret| {
            ret.iface.name.clone()
        })
        .await;
    let args = remote::InterfaceIsActiveArgs {
        iface: iface.clone(),
    };
    table
        .row::<proc::InterfaceIsActive>("iface-list: eth1", &args, |ret| {
            let state = if ret.active == 0 {
                "inactive"
            } else {
                "active"
            };
            format!("{state}   {}", iface.mac)
        })
        .await;
    let args = remote::InterfaceGetXmlDescArgs {
        iface: iface.clone(),
        flags: 0,
    };
    table
        .row::<proc::InterfaceGetXmlDesc>("iface-dumpxml eth1", &args, |ret| ret.xml.clone())
        .await;
    let args = remote::NodeDeviceLookupByNameArgs {
        name: "computer".to_owned(),
    };
    let device = table
        .row::<proc::NodeDeviceLookupByName>("nodedev-info computer: Name", &args, |ret| {
            ret.dev.name.clone()
        })
        .await
        .dev;
    let args = remote::NodeDeviceGetParentArgs {
        name: "scsi_host1".to_owned(),
    };
    table
        .row::<proc::NodeDeviceGetParent>("nodedev-info scsi_host1: Parent", &args, |ret| {
            ret.parent_name.clone().unwrap_or_default()
        })
        .await;
    let args = remote::NodeDeviceGetXmlDescArgs {
        name: device.name,
        flags: 0,
    };
    table
        .row::<proc::NodeDeviceGetXmlDesc>("nodedev-dumpxml computer", &args, |ret| ret.xml.clone())
        .await;
}

fn yes(word: i32) -> String {
    if word == 0 { "no" } else { "yes" }.to_owned()
}

/// Text in an array of `char`, up to its end.
fn text(chars: &[u8]) -> String {
    let end = chars.iter().position(|byte| *byte == 0);
    String::from_utf8_lossy(&chars[..end.unwrap_or(chars.len())]).into_owned()
}

fn version(number: u64) -> String {
    let (major, minor) = (number / 1_000_000, number / 1000 % 1000);
    format!("{major}.{minor}.{}", number % 1000)
}

/// Bits of processors, as virsh shows them.
fn processors(map: &[u8], count: usize) -> String {
    let bit = |at: usize| {
        map.get(at / 8)
            .is_some_and(|byte| byte >> (at % 8) & 1 == 1)
    };
    (0..count)
        .map(|at| if bit(at) { 'y' } else { '-' })
        .collect()
}
